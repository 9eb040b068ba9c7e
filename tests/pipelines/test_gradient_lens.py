"""The lens on a language model is the gradient of the model's own loss, whatever its layers, context and softmax."""

import json

import matplotlib.image
import numpy as np
import pytest
import tensorflow as tf

import keras_seq as ks
from keras_seq.layers.gradient_lens import gradient_bound
from keras_seq.pipelines.gradient_lens import gradient_lens

CORPUS = ks.datasets.jane((0, 5), size=60)
LINES = [example.text for example in CORPUS.train]


def model(**options):
    """A language model with start values; what it would learn changes nothing here."""
    made = ks.pipelines.RecurrentLanguageModel(**{"units": 6, "layers": 1, "context": "sentence", **options})
    made.learn(CORPUS)
    made.network()
    return made


def last_loss(made, classes, target, moves):
    """-log p(target) after the classes, each new h of the one layer moved: by the network's own layers, step by step."""
    network = made.model
    states = [state + move for state, move in zip(network.start(1), moves[0], strict=True)]
    for number, token in enumerate(classes, 1):
        hidden, states = network.read(np.array([[token]], np.int32), states)
        states = [state + move for state, move in zip(states, moves[number], strict=True)]
    if network.config.cell != "jordan":  # whose output is no state
        hidden = hidden + moves[-1][0][:, None]
    return network.head.loss(hidden[:, -1], np.array([target], np.int32))


@pytest.mark.parametrize("cell", ["elman", "jordan", "gru", "lstm"])
def test_norms_are_those_of_the_networks_own_gradient(cell):
    made = model(cell=cell)
    classes = np.asarray(made.encode(CORPUS.train[:1]).values)[:-1] - 1
    read = np.concatenate([[1], classes[:-1]])
    moves = [[tf.zeros((1, size)) for size in made.model.state_sizes] for _ in range(len(read) + 1)]
    with tf.GradientTape() as tape:
        tape.watch(moves)
        loss = last_loss(made, read, classes[-1], moves)
    slopes = tape.gradient(loss, moves, unconnected_gradients="zero")
    found = gradient_lens(made, LINES[:1]).norms
    for place, name in enumerate(["layer 1 h", "layer 1 c"][: len(moves[0])]):
        expected = [np.linalg.norm(each[place]) for each in reversed(slopes)]
        np.testing.assert_allclose(found[name], expected, rtol=1e-4, atol=1e-9)


@pytest.mark.parametrize("context", ["sentence", "stream"])
@pytest.mark.parametrize("options", [{"layers": 2}, {"layers": 2, "cell": "gru", "tied": True}, {"cell": "elman"}])
def test_every_layer_and_state_has_its_norms(options, context):
    made = model(context=context, **options)
    lens = gradient_lens(made, CORPUS.valid, steps=7, rows=4)
    layers = made.config.layers
    states = ["h", "c", ""] if made.config.cell == "lstm" else ["h"]
    names = {f"layer {number} {state}".strip() for number in range(1, layers + 1) for state in states}
    assert set(lens.norms) == names
    assert lens.rows == 4
    assert {len(values) for values in lens.norms.values()} == {8}
    assert set(lens.spectral_norms) == set(lens.spectral_radii) == {f"layer {n}" for n in range(1, layers + 1)}
    assert lens.distances == list(range(1, 8))
    for name, values in lens.spectral_radii.items():  # no eigenvalue exceeds the largest singular value
        assert np.all(np.array(values) <= np.array(lens.spectral_norms[name]) * (1 + 1e-6))


def test_both_states_together_are_the_whole():
    norms = gradient_lens(model(), LINES[:1]).norms
    whole = np.hypot(norms["layer 1 h"], norms["layer 1 c"])
    np.testing.assert_allclose(norms["layer 1"], whole, rtol=1e-5)


def test_an_elman_gradient_stays_below_its_bound():
    made = model(cell="elman", activation="sigmoid")
    lens = gradient_lens(made, CORPUS.valid)
    bound = lens.bounds["layer 1"]
    assert bound == pytest.approx(gradient_bound(made.model.recurrence[0].cell))
    norms = np.array(lens.norms["layer 1 h"])
    assert np.all(norms[1:] <= norms[:-1] * bound * (1 + 1e-5))
    assert max(lens.spectral_norms["layer 1"]) <= bound * (1 + 1e-5)
    assert gradient_lens(model(cell="gru"), LINES[:1]).bounds == {}


def test_what_stands_before_the_steps_is_read_too():
    """Three steps back of a long text are the first three distances of all of it."""
    made = model(cell="gru")
    whole, cut = (gradient_lens(made, LINES[:1], steps=steps).norms["layer 1 h"] for steps in (100, 3))
    assert len(whole) > len(cut) == 4
    np.testing.assert_allclose(cut, whole[:4], rtol=1e-4)


def test_texts_of_several_lengths_are_looked_at_each_from_its_end():
    made = model(cell="gru")
    short, long = sorted(LINES, key=lambda line: len(line.split()))[:: len(LINES) - 1]
    alone = [gradient_lens(made, [line]).norms["layer 1 h"] for line in (short, long)]
    both = gradient_lens(made, [short, long]).norms["layer 1 h"]
    expected = [*np.mean([alone[0], alone[1][: len(alone[0])]], axis=0), *alone[1][len(alone[0]) :]]
    np.testing.assert_allclose(both, expected, rtol=1e-4)


def test_few_large_jacobians_are_computed(monkeypatch):
    made = model()
    monkeypatch.setattr("keras_seq.pipelines.gradient_lens.WORK", 3 * 12**3)
    lens = gradient_lens(made, CORPUS.valid, steps=9)
    assert lens.distances == [1, 5, 9]
    assert [len(values) for values in lens.spectral_norms.values()] == [3]


def test_an_adaptive_softmax_and_a_condition_are_seen_through():
    lens = gradient_lens(model(condition=True), CORPUS.valid)
    assert np.isfinite(lens.norms["layer 1"]).all()


def trained():
    made = model(cell="elman", clip_norm=0.5)
    made.history = {"gradient_norm": [2.0, 1.0], "clipped": [0.75, 0.25], "loss": [3.0, 2.0]}
    return made


def test_figures_are_single_numbers():
    lens = gradient_lens(trained(), CORPUS.valid)
    figures = lens.figures()
    assert figures["layer_1_h_norm_at_10"] == lens.norms["layer 1 h"][10]
    assert figures["layer_1_spectral_norm"] == pytest.approx(np.mean(lens.spectral_norms["layer 1"]))
    assert (figures["gradient_norm"], figures["clipped"]) == (2, 0.5)
    assert all(type(value) is float for value in figures.values())


def test_it_is_json_and_a_table():
    lens = gradient_lens(trained(), CORPUS.valid)
    found = json.loads(json.dumps(lens.as_dict()))
    assert found["norms"] == lens.norms
    assert (found["clipped"], found["clip_norm"]) == ([0.75, 0.25], 0.5)
    assert str(lens).splitlines()[1].startswith("layer 1 h")


@pytest.mark.parametrize("make", [trained, lambda: model(layers=2)])
def test_it_is_a_picture(make, tmp_path):
    gradient_lens(make(), CORPUS.valid).png(tmp_path / "lens.png")
    height, width, _ = matplotlib.image.imread(tmp_path / "lens.png").shape
    assert width > height > 300


@pytest.mark.parametrize(("context", "texts"), [("sentence", []), ("sentence", ["", " "]), ("stream", [])])
def test_nothing_to_look_at_is_one_line(context, texts):
    with pytest.raises(ks.datasets.InputError, match=r"^gradient lens: texts without a token, expected at least one$"):
        gradient_lens(model(context=context), texts)


@pytest.mark.parametrize("wrong", [{"steps": 0}, {"rows": -1}, {"steps": 2.5}])
def test_a_wrong_size_is_one_line(wrong):
    ((name, value),) = wrong.items()
    with pytest.raises(ks.datasets.InputError, match=rf"^gradient lens: {name}={value}, expected an integer"):
        gradient_lens(model(), LINES, **wrong)


def test_an_untrained_model_is_refused():
    with pytest.raises(ks.datasets.InputError, match="is not trained"):
        gradient_lens(ks.pipelines.RecurrentLanguageModel(), LINES)
