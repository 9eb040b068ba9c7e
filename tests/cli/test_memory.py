"""What a step gives back is there for the next one."""

import os
import platform
import subprocess
import sys

import pytest

# Page faults of a block of 48 MB, in a thread as TensorFlow's are, that has been had and given back before.
FAULTS = """
import ctypes, resource, sys, threading
from keras_seq.memory import keep_memory
ctypes.CDLL(None).prctl(41, 1, 0, 0, 0)  # PR_SET_THP_DISABLE: pages of one size
if sys.argv[1] == "keep":
    keep_memory()
def repeat():
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        block = bytearray(b"x") * (48 << 20)
        del block
    print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
thread = threading.Thread(target=repeat)
thread.start()
thread.join()
"""

glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library than glibc")


def faults(how, **environment):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
    words = [sys.executable, "-c", FAULTS, how]
    return int(subprocess.run(words, env=clean | environment, capture_output=True, text=True, check=True).stdout)


@glibc
def test_a_large_block_is_taken_from_the_system_once():
    assert 20 * faults("keep") < faults("leave")


@glibc
@pytest.mark.parametrize("name", ["MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"])
def test_what_the_environment_says_stays(name):
    assert faults("keep", **{name: "131072"}) > 20 * faults("keep")
