"""On JAX every search finds what it finds on TensorFlow, whose own results other tests check; TensorFlow is absent there.

This file is also the program that runs there: it prints, as JSON, what its functions give under another backend.
"""

import json
import sys

import keras
import numpy as np
from keras import ops

B, V, H, S, L = 4, 1024, 8, 3, 6
RNG = np.random.default_rng(5)
EMBED, U, OUT = (RNG.normal(size=shape).astype("float32") for shape in ((V, H), (H, H), (H, V)))
MEMORY = RNG.normal(size=(B, S, H)).astype("float32")
MASK = np.arange(S) < [[3], [2], [3], [1]]
BIAS = np.where(np.arange(V) == 2, 5.0, 0.0).astype("float32")


def step(tokens, state):
    """An Elman step that looks at a memory."""
    h = ops.tanh(ops.take(EMBED, tokens, axis=0) + ops.matmul(state["h"], U))
    scores = ops.where(MASK[:, None], ops.einsum("bnh,bsh->bns", h, MEMORY), -1e9)
    weights = ops.softmax(scores, axis=-1)
    return ops.log_softmax(ops.matmul(h + ops.matmul(weights, MEMORY), OUT) + BIAS, axis=-1), weights, {"h": h}


def searches(ks):
    """name -> the hypotheses."""
    start = {"h": ops.zeros((B, 1, H))}
    all_options = {
        "penalties": ks.Penalties(0.8, 0.2),
        "memory_mask": ops.convert_to_tensor(MASK),
        "keep_weights": True,
    }

    def sampled(**options):
        return ks.sample(step, start, length=L, seed_generator=keras.random.SeedGenerator(1), **options)

    return {
        "beam": ks.beam_search(step, start, length=L, beams=3, n_best=4, banned=(0, 1)),
        "beam, all options": ks.beam_search(step, start, length=L, beams=5, n_best=2, **all_options),
        "beam, limits": ks.beam_search(step, start, length=ops.convert_to_tensor([6, 1, 3, 4]), beams=3),
        "greedy": ks.greedy_search(step, start, length=L, banned=(0, 1), keep_weights=True),
        "sample, top_k=1": sampled(top_k=1),
        "sample, top_p=1e-6": sampled(top_p=1e-6),
    }


def answers():
    """name -> its numbers, as flat lists."""
    from keras_seq import layers as ks

    found = {}
    for name, hypotheses in searches(ks).items():
        arrays = [ops.convert_to_numpy(x).astype("float64") for x in hypotheses if x is not None]
        found[name] = [np.maximum(x, -1e30).ravel().tolist() for x in arrays]  # -inf is no JSON
    return found


def drawn(count=4000):
    """How often the end and others come first, of count draws for each row."""
    from keras_seq import layers as ks

    p = np.array([0, 0, 0.2, 0.5, 0.3])
    log_p = np.log(np.maximum(p, 1e-30)).astype("float32")

    def step(tokens, state):
        return ops.broadcast_to(log_p, (count, 1, len(p))), None, state

    seed = keras.random.SeedGenerator(3)
    found = ks.sample(step, ops.zeros((count, 1)), length=1, seed_generator=seed)
    return np.bincount(ops.convert_to_numpy(found.tokens).ravel(), minlength=len(p)).tolist()


if __name__ == "__main__":
    absent = dict.fromkeys(("tensorflow", "tensorflow_text"))
    sys.modules.update(absent)
    print(json.dumps({"answers": answers(), "drawn": drawn()}))
    sys.exit()

import pytest  # noqa: E402


@pytest.fixture(scope="module")
def there(printed_on_jax):
    return printed_on_jax(__file__)


def test_they_find_what_they_find_on_tensorflow(there):
    here = answers()
    assert set(there["answers"]) == set(here)
    for name, expected in here.items():
        for x, y in zip(there["answers"][name], expected, strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-4, atol=1e-4, err_msg=name)


def test_some_end_and_some_do_not():
    lengths = answers()["greedy"][1]
    assert min(lengths) < max(lengths)


def test_tokens_are_drawn_as_often_as_they_should(there):
    expected = 4000 * np.array([0.2, 0.5, 0.3])
    assert there["drawn"][:2] == [0, 0]
    assert ((np.array(there["drawn"][2:]) - expected) ** 2 / expected).sum() < 25  # chi-square, 2 degrees of freedom
