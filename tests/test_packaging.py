"""A wheel, an sdist, an editable installation and a clone give one and the same `keras_seq`, under that name alone."""

import json
import os
import shutil
import site
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("datasets", "layers", "pipelines")
OFFLINE = ["--no-build-isolation", "--no-deps", "--no-index", "--disable-pip-version-check", "-q"]

# What a program elsewhere sees. It runs without `site`: no installation but the one under test is on its path.
PROBE = """
import importlib.util, json, os, site, sys
here, on_path, dependencies = json.loads(sys.argv[1])
site.addsitedir(here) if on_path == "site" else sys.path.insert(0, here)
sys.path += dependencies
import keras_seq, keras_seq.datasets
bare = ("datasets", "layers", "pipelines")
print(json.dumps({
    "version": keras_seq.__version__,
    "file": os.path.realpath(keras_seq.__file__),
    "datasets": os.path.realpath(keras_seq.datasets.__file__),
    "loaded": [name for name in bare if name in sys.modules],
    "importable": [name for name in bare if importlib.util.find_spec(name)],
}))
"""


def run(*command, cwd, **environment):
    """Standard output of a command; its whole output is in the failure when it fails."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | environment
    done = subprocess.run([*map(str, command)], cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def probe(here, cwd, on_path="site"):
    """What `import keras_seq` gives when `here` is a folder of installed packages ("site") or of sources ("path")."""
    others = [*site.getsitepackages(), *([site.getusersitepackages()] if site.ENABLE_USER_SITE else [])]
    return json.loads(run(sys.executable, "-S", "-c", PROBE, json.dumps([str(here), on_path, others]), cwd=cwd))


def tracked():
    """Files of the working tree that git knows or would add, symlinks as such."""
    names = run("git", "ls-files", "-co", "--exclude-standard", "-z", cwd=ROOT).split("\0")
    return [Path(name) for name in names if name and os.path.lexists(ROOT / name)]


def copy_of_tree(folder, links="kept"):
    """A clone of the working tree; links="text" or "gone": as an unpacker leaves it that does not know symlinks."""
    for name in tracked():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if not (ROOT / name).is_symlink() or links == "kept":
            shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)
        elif links == "text":
            (folder / name).write_text(os.readlink(ROOT / name))
    return folder


def build_wheel(source, out):
    run(sys.executable, "-m", "pip", "wheel", *OFFLINE, "-w", out, source, cwd=out.parent)
    (wheel,) = out.glob("*.whl")
    return wheel


def files_in(wheel):
    """Files of the package in a wheel; the folder of metadata is left out, anything else at top level is not."""
    with zipfile.ZipFile(wheel) as archive:
        return sorted(name for name in archive.namelist() if not name.split("/")[0].endswith(".dist-info"))


@pytest.fixture(scope="module")
def expected_files():
    """What an installation holds: the files of the four folders, each under keras_seq/."""
    names = [name for name in tracked() if not (ROOT / name).is_symlink()]
    inner = [f"keras_seq/{name}" for name in names if name.parts[0] in FOLDERS]
    return sorted([*inner, *(str(name) for name in names if name.parts[0] == "keras_seq")])


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    return copy_of_tree(tmp_path_factory.mktemp("clone"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory, clone):
    return build_wheel(clone, tmp_path_factory.mktemp("wheel") / "out")


@pytest.fixture(scope="module")
def version():
    return run(sys.executable, "-c", "import keras_seq; print(keras_seq.__version__)", cwd=ROOT).strip()


def test_symlinks_are_relative_and_tracked():
    links = {name: os.readlink(ROOT / name) for name in tracked() if (ROOT / name).is_symlink()}
    assert links == {Path(f"keras_seq/{folder}"): f"../{folder}" for folder in FOLDERS}


def test_wheel_holds_the_tree(wheel, expected_files, version):
    assert files_in(wheel) == expected_files
    assert wheel.name == f"keras_seq-{version}-py3-none-any.whl"


def test_wheel_of_sdist_is_the_same(clone, tmp_path, wheel):
    run(sys.executable, "-m", "build", "--sdist", "--no-isolation", "-o", tmp_path, clone, cwd=tmp_path)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as sdist:
        assert not [member.name for member in sdist if member.issym()]
    assert files_in(build_wheel(archive, tmp_path / "out")) == files_in(wheel)


@pytest.mark.parametrize("links", ["text", "gone"])
def test_wheel_without_symlinks_is_the_same(links, tmp_path, wheel):
    tree = copy_of_tree(tmp_path / "tree", links)
    assert files_in(build_wheel(tree, tmp_path / "out")) == files_in(wheel)


def test_wheel_names_licence_dependencies_and_command(wheel):
    with zipfile.ZipFile(wheel) as archive:
        texts = {Path(name).name: archive.read(name).decode() for name in archive.namelist() if ".dist-info/" in name}
    lines = texts["METADATA"].splitlines()
    assert "License-Expression: Apache-2.0" in lines
    assert "Apache License" in texts["LICENSE"]
    required = {line.partition(": ")[2] for line in lines if line.startswith("Requires-Dist: ")}
    assert {"tensorflow~=2.21.0", "keras~=3.15.0", "tensorflow-text~=2.21.0"} <= required
    assert "keras-seq = keras_seq.cli:main" in texts["entry_points.txt"]


def test_installed_wheel(wheel, tmp_path, version):
    target = tmp_path / "target"
    run(sys.executable, "-m", "pip", "install", *OFFLINE, "--target", target, wheel, cwd=tmp_path)
    assert probe(target, tmp_path) == {
        "version": version,
        "file": str(target / "keras_seq" / "__init__.py"),
        "datasets": str(target / "keras_seq" / "datasets" / "__init__.py"),
        "loaded": [],
        "importable": [],
    }


@pytest.mark.parametrize("links", ["kept", "text", "gone"])
def test_editable_installation(links, tmp_path, version):
    tree, prefix = copy_of_tree(tmp_path / "tree", links), tmp_path / "prefix"
    # --ignore-installed: without it pip removes the keras-seq of the environment that runs the tests
    options = [*OFFLINE, "--ignore-installed", "--prefix", prefix]
    run(sys.executable, "-m", "pip", "install", *options, "-e", tree, cwd=tmp_path)
    (pth,) = prefix.rglob("*.pth")
    assert probe(pth.parent, tmp_path) == {
        "version": version,
        "file": str(tree / "keras_seq" / "__init__.py"),
        "datasets": str(tree / "datasets" / "__init__.py"),
        "loaded": [],
        "importable": [],
    }


def test_clone(clone, tmp_path, version):
    seen = probe(clone, tmp_path, on_path="path")
    assert seen["version"] == version
    assert seen["file"] == str(clone / "keras_seq" / "__init__.py")
    assert seen["datasets"] == str(clone / "datasets" / "__init__.py")
    assert seen["loaded"] == []


def test_help_starts_no_tensorflow():
    code = "import runpy, sys; sys.argv = ['keras-seq', '--help']\n"
    code += "try: runpy.run_module('keras_seq', run_name='__main__')\n"
    code += "except SystemExit as end: assert not end.code, end.code\n"
    code += "heavy = {'keras', 'tensorflow', 'tensorflow_text', 'mlflow', 'keras_tuner'} & set(sys.modules)\n"
    code += "assert not heavy, heavy"
    assert "usage" in run(sys.executable, "-c", code, cwd=ROOT).lower()


def test_import_starts_no_tensorflow():
    run(sys.executable, "-c", "import sys, keras_seq; assert 'tensorflow' not in sys.modules", cwd=ROOT)


def test_names_are_lazy_and_shared():
    code = "import keras_seq as ks; from keras_seq.datasets import __all__ as names; import keras_seq.datasets as d\n"
    code += "assert ks.datasets is d and 'datasets' in dir(ks)"
    run(sys.executable, "-c", code, cwd=ROOT)
