"""Where keras-seq's code lies. Everything else about the package is said in pyproject.toml.

The root folders `datasets/`, `layers/` and `pipelines/` are installed as `keras_seq.datasets`, `keras_seq.layers` and
`keras_seq.pipelines`. In a clone the relative symlinks in `keras_seq/` say so; the mapping below says it again where
they were lost (a tree unpacked by a tool that does not keep them), and keeps the bare names out of installations.
"""

from pathlib import Path

from setuptools import find_packages, setup

FOLDERS = ("datasets", "layers", "pipelines")
ROOT = Path(__file__).parent

setup(
    packages=[
        "keras_seq",
        *(f"keras_seq.{folder}" for folder in FOLDERS),
        *(f"keras_seq.{folder}.{inner}" for folder in FOLDERS for inner in find_packages(str(ROOT / folder))),
    ],
    package_dir={f"keras_seq.{folder}": folder for folder in FOLDERS},
)
