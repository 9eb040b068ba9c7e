"""Gates over words: they give the layer's own outputs, and are drawn."""

import json

import matplotlib.image
import numpy as np
import pytest

import keras_seq as ks
from keras_seq.pipelines.gate_reading import gate_reading

CORPUS = ks.datasets.jane((0, 5), size=60)
TEXT = "Jane walked into the room ."


def model(**options):
    """A language model with start values."""
    made = ks.pipelines.RecurrentLanguageModel(**{"units": 6, "layers": 2, "context": "sentence", **options})
    made.learn(CORPUS)
    made.network()
    return made


@pytest.mark.parametrize("layer", [1, 2])
@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_they_give_the_outputs_of_the_layer(cell, layer):
    made = model(cell=cell)
    network = made.model
    classes = np.concatenate([[1], np.asarray(made.encode([ks.datasets.Text(TEXT)]).values)[:-1] - 1])
    x = network.vectors(classes[None].astype(np.int32))
    for each in network.recurrence[:layer]:
        x = each(x)[0]
    reading = gate_reading(made, TEXT, layer)
    np.testing.assert_allclose(reading.gates["hidden"], x[0, 1:], atol=1e-6)
    assert reading.tokens == TEXT.split()
    assert list(reading.gates)[-1] == "hidden"


def test_means_are_over_units():
    reading = gate_reading(model(), TEXT)
    np.testing.assert_allclose(reading.means()["forget"], reading.gates["forget"].mean(axis=1))
    np.testing.assert_allclose(reading.means()["memory"], np.abs(reading.gates["memory"]).mean(axis=1))


def test_it_is_json():
    reading = gate_reading(model(cell="gru"), TEXT, layer=2)
    found = json.loads(json.dumps(reading.as_dict()))
    assert (found["text"], found["layer"], set(found["gates"])) == (TEXT, 2, {"update", "reset", "hidden"})


@pytest.mark.parametrize("mean", [True, False])
def test_it_is_a_picture(tmp_path, mean):
    gate_reading(model(), TEXT).png(tmp_path / "gates.png", mean)
    assert min(matplotlib.image.imread(tmp_path / "gates.png").shape[:2]) > 300


def test_a_very_long_text_is_not_drawn(tmp_path):
    reading = gate_reading(model(), " ".join(["Jane"] * 201))
    with pytest.raises(ks.datasets.InputError, match=r"^a picture of 201 tokens, expected at most 200$"):
        reading.png(tmp_path / "gates.png")


@pytest.mark.parametrize(
    ("options", "text", "layer", "message"),
    [
        ({"cell": "elman"}, TEXT, 1, r"gates: cell=elman has none, expected a model with cell=lstm or gru"),
        ({}, TEXT, 3, r"gates: layer=3, expected 1 to 2"),
        ({}, TEXT, 0, r"gates: layer=0, expected 1 to 2"),
        ({}, "", 1, r"gates: a text without a token, expected at least one"),
        ({}, [TEXT], 1, r"gates: expected one string, got list"),
    ],
)
def test_a_mistake_is_one_line(options, text, layer, message):
    with pytest.raises(ks.datasets.InputError, match=f"^{message}$"):
        gate_reading(model(**options), text, layer)
