"""What a step gives back is there for the next one."""

import os
import subprocess
import sys

import pytest

FAULTS = """
import resource, sys
from keras_seq.memory import keep_memory
kept = keep_memory() if sys.argv[1] == "keep" else None
for _ in range(5):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    block = bytearray(b"x") * (64 << 20)
    del block
    faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
print(kept, faults)
"""

linux = pytest.mark.skipif(sys.platform != "linux", reason="page faults are counted on Linux with glibc")


def run(how, **environment):
    found = subprocess.run(
        [sys.executable, "-c", FAULTS, how], env=os.environ | environment, capture_output=True, text=True, check=True
    )
    kept, faults = found.stdout.split()
    return kept, int(faults)


@linux
def test_a_large_block_is_taken_from_the_system_once():
    without, faults = run("keep"), run("leave")[1]
    assert without[0] == "True"
    assert without[1] < 100 < faults  # 16,384 pages of 4 KiB


@linux
def test_what_the_environment_says_stays():
    assert run("keep", GLIBC_TUNABLES="glibc.malloc.mmap_max=65536")[0] == "False"
    assert run("keep", MALLOC_MMAP_MAX_="65536", MALLOC_TRIM_THRESHOLD_="0", MALLOC_TOP_PAD_="0")[1] > 100
