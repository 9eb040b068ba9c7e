"""Pictures are files that others can read, and they show what they are given."""

import matplotlib.image
import numpy as np
import pytest

from keras_seq.pipelines.gradient_pictures import cliff, gate_maps

GATES = {"forget": np.linspace(0, 1, 12).reshape(3, 4), "memory": np.linspace(-2, 2, 12).reshape(3, 4)}
TOKENS = ["我", "$5", "Zürich"]


@pytest.mark.parametrize("width", [1, 4, 300])
@pytest.mark.parametrize("length", [1, 90])
def test_gates_are_a_png_of_any_size(tmp_path, width, length):
    gates = {name: np.zeros((length, width)) for name in ("input", "hidden")}
    gate_maps(["word"] * length, gates, tmp_path / "gates.png")
    assert min(matplotlib.image.imread(tmp_path / "gates.png").shape[:2]) > 100


def test_gates_are_shown(tmp_path):
    gate_maps(TOKENS, GATES, tmp_path / "one.png")
    gate_maps(TOKENS, {**GATES, "forget": 1 - GATES["forget"]}, tmp_path / "other.png")
    assert (tmp_path / "one.png").read_bytes() != (tmp_path / "other.png").read_bytes()


@pytest.mark.parametrize("keeps", ["forget", "update"])
def test_units_stand_in_the_order_of_what_they_keep(tmp_path, keeps):
    draw = np.random.default_rng(0)
    gates = {keeps: draw.uniform(size=(3, 6)), "hidden": draw.normal(size=(3, 6))}
    other = draw.permutation(6)
    gate_maps(TOKENS, gates, tmp_path / "one.png")
    gate_maps(TOKENS, {name: values[:, other] for name, values in gates.items()}, tmp_path / "other.png")
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "other.png").read_bytes()


def test_the_cliff_is_drawn_with_what_clipping_changes(tmp_path):
    cliff(tmp_path / "one.png")
    cliff(tmp_path / "other.png", clip_norm=0.1)
    height, width, _ = matplotlib.image.imread(tmp_path / "one.png").shape
    assert width > height > 400
    assert (tmp_path / "one.png").read_bytes() != (tmp_path / "other.png").read_bytes()
