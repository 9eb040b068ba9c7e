"""Every layer that reads no strings runs on JAX where TensorFlow is absent, and gives what it gives on TensorFlow.

This file is also the program that runs there: it prints, as JSON, what its functions give under another backend.
"""

import importlib.abc
import importlib.util
import inspect
import json
import sys
from pathlib import Path

import keras
import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
ABSENT = ("tensorflow", "tensorflow_text")
TEXT = ("TextTokenizer", "TokenEncoder", "Vocabulary", "RULES", "TextUnits", "NgramLookup", "to_arpa")

B, T, D, H, K, V, LETTERS = 2, 4, 3, 5, 3, 9, 6
RNG = np.random.default_rng(15)
WORDS = np.array([[2, 3, 4, 5], [6, 7, 0, 0]], "int32")
NGRAMS = [[[1, 2], [2, 3], [7, 0]], [[3, 4]]]  # 2 3, 7 at the end, 2 3 4, and one that is not there
CHARACTERS = RNG.integers(1, V, (B, T, LETTERS)).astype("int32") * (WORDS[..., None] > 0)
NUMBERS = RNG.normal(size=(B, T, D)).astype("float32")
MASK = WORDS > 0
LABELS = np.where(MASK, WORDS % K, -1)
LAST = np.array([[1, 1, 3, 3], [1, 1, 0, 0]], "int32")


class Absent(importlib.abc.MetaPathFinder):
    """Makes TensorFlow a package that is not installed."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ABSENT:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def cells(ks):
    """Each cell of the table under Recurrence."""
    return {
        cell.__name__: (ks.Recurrence(cell(H)), lambda layer: layer(NUMBERS, mask=MASK)) for cell in ks.CELLS.values()
    }


def attentions(ks):
    """Attention by each score."""
    return {
        f"Attention {score}": (ks.Attention(score), lambda layer: layer(NUMBERS, NUMBERS[:, ::-1], memory_mask=MASK))
        for score in ks.SCORES
    }


def decoder(ks, coverage):
    """A decoder of two layers, all steps at once, or one after the other."""
    attention = ks.Attention("additive", coverage=coverage)
    made = ks.Decoder([ks.GRUCell(H), ks.LSTMCell(H)], K, attention, input_feeding=coverage)
    made.build((None, None, D), (None, None, D))
    states = [np.zeros((B, H), "float32")] * 3
    return made, lambda layer: layer(NUMBERS, layer.source(NUMBERS[:, ::-1], MASK), states)[0]


def runs(ks):
    """name: (layer, what it computes). The first word of a name is a public name of `layers`."""
    return {
        **cells(ks),
        **attentions(ks),
        "Decoder": decoder(ks, coverage=False),
        "Decoder step by step": decoder(ks, coverage=True),
        "Recurrence": (ks.Recurrence(ks.GRUCell(H), reverse=True), lambda layer: layer(NUMBERS)),
        "Bidirectional": (ks.Bidirectional(ks.LSTMCell(H)), lambda layer: layer(NUMBERS, mask=MASK)),
        "Stack": (
            ks.Stack([ks.LSTMCell(H), ks.GRUCell(H)], bidirectional=True, residual=True),
            lambda layer: layer(NUMBERS, mask=MASK, training=True),
        ),
        "CRF": (ks.CRF(K), lambda layer: ks.SequenceLoss(layer)(LABELS, layer(NUMBERS))),
        "CRF marginals": (ks.CRF(K), lambda layer: layer.marginals(layer(NUMBERS), MASK)),
        "CRF segments": (
            ks.CRF(K),
            lambda layer: layer.posterior(layer(NUMBERS), MASK).segments(WORDS % K, LAST, WORDS % K),
        ),
        "CRF best": (ks.CRF(K), lambda layer: layer.best(layer(NUMBERS), MASK, 2)[1]),
        "CRF decode": (ks.CRF(K), lambda layer: layer.decode(layer(NUMBERS), MASK)[1]),
        "LabelSoftmax": (ks.LabelSoftmax(K), lambda layer: ks.SequenceLoss(layer)(LABELS, layer(NUMBERS))),
        "MaskedMaxPooling": (ks.MaskedMaxPooling(), lambda layer: layer(NUMBERS, mask=MASK)),
        "MaskedMeanPooling": (ks.MaskedMeanPooling(), lambda layer: layer(NUMBERS, mask=MASK)),
        "AttentionPooling": (ks.AttentionPooling(H), lambda layer: layer(NUMBERS, mask=MASK)),
        "AdaptiveSoftmax": (ks.AdaptiveSoftmax(V, (2, 5)), lambda layer: layer(NUMBERS)),
        "AdaptiveSoftmax loss": (
            ks.AdaptiveSoftmax(V, (2, 5)),
            lambda layer: layer(NUMBERS)[..., 0] * layer.loss(NUMBERS, WORDS),
        ),
        "VocabularySoftmax": (ks.VocabularySoftmax(V), lambda layer: layer(NUMBERS)),
        "VocabularySoftmax loss": (
            ks.VocabularySoftmax(V),
            lambda layer: layer(NUMBERS)[..., 0] * layer.loss(NUMBERS, WORDS),
        ),
        "TokenDropout": (ks.TokenDropout(0.5), lambda layer: layer(WORDS)),
        "CharacterConvolution": (ks.CharacterConvolution(V, H), lambda layer: layer(CHARACTERS)),
        "CharacterRecurrence": (ks.CharacterRecurrence(V, H), lambda layer: layer(CHARACTERS)),
        "TokenEmbedding": (
            ks.TokenEmbedding(V, H, trigrams=V),
            lambda layer: layer(np.maximum(WORDS - 1, 0), CHARACTERS),
        ),
        "OneHot": (ks.OneHot(V), lambda layer: layer(WORDS)),
        "PairEmbedding": (ks.PairEmbedding([[1, 2], [2, 3], [3, 0]], H), lambda layer: layer(WORDS)),
        "NgramLogits": (ks.NgramLogits(V, NGRAMS, K), lambda layer: layer(WORDS)),
        "NgramLogits contributions": (
            ks.NgramLogits(V, NGRAMS, K, return_contributions=True),
            lambda layer: layer(WORDS)[1],
        ),
        "SideBySide": (ks.SideBySide(), lambda layer: layer(WORDS, NUMBERS, NUMBERS)),
        "Window": (ks.Window(H), lambda layer: layer(NUMBERS, mask=MASK)),
        "PositionEmbedding": (ks.PositionEmbedding(3), lambda layer: layer(NUMBERS)),
        "SelfAttention": (ks.SelfAttention(H), lambda layer: layer(NUMBERS, mask=MASK)),
    }


def prepare(layer, run):
    """Builds the layer and gives it the same random weights under every backend."""
    run(layer)
    rng = np.random.default_rng(1)
    layer.set_weights([rng.normal(size=w.shape) if "float" in str(w.dtype) else w for w in layer.get_weights()])


def answers(gradient):
    """name -> the output, then the gradient by every weight of the sum of the output's squares, as flat lists."""
    from keras_seq import layers as ks

    found = {}
    for name, (layer, run) in runs(ks).items():
        prepare(layer, run)
        output = run(layer)
        slopes = gradient(layer, lambda layer=layer, run=run: keras.ops.sum(keras.ops.square(run(layer))))
        arrays = [keras.ops.convert_to_numpy(x) for x in (output, *slopes)]
        found[name] = [x.astype("float64").ravel().tolist() for x in arrays]
    return found


def jax_gradient(layer, f):
    """Compiled."""
    import jax

    variables = layer.trainable_variables

    def of_values(values):
        with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
            return f()

    return jax.jit(jax.grad(of_values))([v.value for v in variables]) if variables else []


def tensorflow_gradient(layer, f):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        value = f()
    return tape.gradient(value, layer.trainable_variables) if layer.trainable_variables else []


def refusal(name):
    """What a user reads who asks for a name that reads strings."""
    from keras_seq import layers as ks

    try:
        getattr(ks, name)
    except ImportError as error:
        return str(error)
    return None


if __name__ == "__main__":
    sys.meta_path.insert(0, Absent())
    found = answers(jax_gradient)
    refusals = {name: refusal(name) for name in TEXT}
    imported = [name for name in sys.modules if name.partition(".")[0] in ABSENT]
    print(json.dumps({"answers": found, "refusals": refusals, "imported": imported}))
    sys.exit()

import pytest  # noqa: E402


@pytest.fixture(scope="module")
def there(printed_on_jax):
    """What this file prints on JAX without TensorFlow."""
    return printed_on_jax(__file__)


@pytest.fixture(scope="module")
def here():
    return answers(tensorflow_gradient)


def test_the_list_above_has_every_layer():
    from keras_seq import layers as ks

    public = {name: getattr(ks, name) for name in ks.__all__}
    layers = {name for name, x in public.items() if inspect.isclass(x) and issubclass(x, keras.Layer)}
    assert layers - {"Cell", "NgramLookup"} <= {name.partition(" ")[0] for name in runs(ks)}


def test_tensorflow_is_not_imported(there):
    assert there["imported"] == []


def test_outputs_and_gradients_are_those_of_tensorflow(there, here):
    assert set(there["answers"]) == set(here)
    for name, expected in here.items():
        ours = there["answers"][name]
        assert len(ours) == len(expected)
        for x, y in zip(ours, expected, strict=True):
            np.testing.assert_allclose(x, y, rtol=2e-4, atol=2e-4, err_msg=name)


def test_gradients_are_not_all_zero(there):
    for name, (_, *slopes) in there["answers"].items():
        assert all(np.any(slope) for slope in slopes), name


@pytest.mark.parametrize("name", TEXT)
def test_who_asks_for_text_reads_what_to_install(there, name):
    expected = f"keras_seq.layers.{name} needs tensorflow, which is not installed: pip install tensorflow"
    assert there["refusals"][name].startswith(expected)
    assert "\n" not in there["refusals"][name]


def test_with_tensorflow_the_names_of_text_are_there():
    assert [refusal(name) for name in TEXT] == [None] * len(TEXT)
