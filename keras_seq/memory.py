"""Memory that a step of training gives back is kept for the next step.

glibc hands large blocks back to the system as soon as they are free, and takes them again, page by page and zeroed, at the next
step: half a million page faults for a thousand sentences of a labeller. Blocks of more than 64 MB still go back where another
thread than the first asks for them. Reference: mallopt(3).
"""

from __future__ import annotations

import ctypes
import os
import sys

MMAP_MAX, TRIM_THRESHOLD, TOP_PAD = -4, -1, -2  # malloc.h
# No block has a mapping of its own, nothing is trimmed, and 256 MB are taken at once.
_OPTIONS = {MMAP_MAX: 0, TRIM_THRESHOLD: -1, TOP_PAD: 1 << 28}


def keep_memory() -> None:
    """Tells glibc so, unless the environment says anything of it (`MALLOC_...`, `GLIBC_TUNABLES`).

    For a process of our own, such as a command: a library has no business to decide it for the program that imports it.
    """
    told = any(name.startswith("MALLOC_") or name == "GLIBC_TUNABLES" for name in os.environ)
    if sys.platform != "linux" or told:
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    for option, value in _OPTIONS.items():
        mallopt(option, value)
