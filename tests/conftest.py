"""What every test may rely on: this tree's `keras_seq` under one name, a quiet TensorFlow, the real corpora."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
BARE = ("datasets", "layers", "pipelines")

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# The tests are of this tree, installed or not; a guard below watches that nobody takes a root folder by its bare name.
sys.path.insert(0, str(ROOT))

# The first call of a TensorFlow function builds its graph, so a time limit for one example says nothing.
settings.register_profile("keras_seq", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("keras_seq")


def ours_under_bare_names():
    """The root folders that some import has taken as a top-level package (then each class would exist twice)."""
    taken = [(name, module) for name, module in list(sys.modules.items()) if name.partition(".")[0] in BARE]
    return sorted(name for name, module in taken if str(ROOT) in str(getattr(module, "__file__", "")))


@pytest.fixture(autouse=True)
def one_name_for_one_module():
    """Fails the test that imports `layers` instead of `keras_seq.layers`."""
    yield
    assert not ours_under_bare_names(), "import keras_seq.NAME, never NAME alone"


@pytest.fixture(autouse=True)
def the_store_that_was_named():
    """MLFLOW_TRACKING_URI afterwards as before: `mlflow.set_tracking_uri` writes it for whatever runs next in the process."""
    name = "MLFLOW_TRACKING_URI"
    before = os.environ.get(name)
    yield
    os.environ.pop(name, None)
    if before is not None:
        os.environ[name] = before


@pytest.fixture(scope="session")
def root():
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def data_folder():
    """The folder of real corpora: $KERAS_SEQ_DATA, else ../shared/data; skips where neither exists."""
    folder = Path(os.environ.get("KERAS_SEQ_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no real corpora: {folder} is not a folder (set KERAS_SEQ_DATA)")
    return folder
