"""Memory that a step of training gives back is kept for the next step.

glibc hands large blocks back to the system as soon as they are free, and takes them again, page by page and zeroed, at the next
step: 600,000 page faults for a thousand sentences of a labeller. Reference: mallopt(3).
"""

from __future__ import annotations

import ctypes
import os
import sys

_OPTIONS = {"MALLOC_MMAP_MAX_": (-4, 0), "MALLOC_TRIM_THRESHOLD_": (-1, -1), "MALLOC_TOP_PAD_": (-2, 1 << 28)}


def keep_memory() -> bool:
    """Tells the C library so; returns whether it could. What the user's environment says of it stays as it is.

    For a process of our own, such as a command: a library has no business to decide it for the program that imports it.
    """
    if sys.platform != "linux" or "GLIBC_TUNABLES" in os.environ:
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # another C library
        return False
    return all(mallopt(number, value) for name, (number, value) in _OPTIONS.items() if name not in os.environ)
