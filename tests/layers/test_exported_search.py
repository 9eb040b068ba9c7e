"""Searches in a SavedModel that a Session loads, as a server does, and under XLA."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers import Penalties, beam_search, greedy_search, sample

V, H, L = 1030, 8, 7


class Decoder(tf.Module):
    """An Elman decoder that looks at a memory (B, S, H), with unknown B and S; one signature for each search."""

    def __init__(self):
        super().__init__()
        rng = np.random.default_rng(3)
        self.embed, self.u, self.out = (
            tf.Variable(rng.normal(size=shape).astype("float32")) for shape in ((V, H), (H, H), (H, V))
        )
        self.seeds = keras.random.SeedGenerator(4)
        self.drawn = self.seeds.state.value  # tracked as a variable of this module

    def search(self, memory, how):
        mask = tf.reduce_any(memory != 0, axis=-1)

        def step(tokens, state):
            h = tf.tanh(tf.gather(self.embed, tokens) + state @ self.u)
            scores = tf.where(mask[:, None], tf.einsum("bnh,bsh->bns", h, memory), -1e9)
            weights = tf.nn.softmax(scores)
            return tf.nn.log_softmax((h + weights @ memory) @ self.out), weights, h

        options = {"length": L, "banned": (0, 1), "keep_weights": True}
        if how == "beam":
            options |= {"beams": 4, "n_best": 2, "penalties": Penalties(0.8, 0.2), "memory_mask": mask}
        if how == "sample":
            options |= {"seed_generator": self.seeds, "top_p": 0.9}
        found = SEARCHES[how](step, tf.zeros((tf.shape(memory)[0], 1, H)), **options)
        return found._asdict()

    def function(self, how, **options):
        return tf.function(lambda memory: self.search(memory, how), autograph=False, **options)


SEARCHES = {"beam": beam_search, "greedy": greedy_search, "sample": sample}
UNKNOWN = [tf.TensorSpec((None, None, H), name="memory")]


@pytest.fixture(scope="module")
def decoder():
    return Decoder()


@pytest.fixture(scope="module")
def exported(decoder, tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("searches"))
    signatures = {how: decoder.function(how, input_signature=UNKNOWN) for how in SEARCHES}
    tf.saved_model.save(decoder, folder, signatures=signatures)
    return folder


@pytest.fixture(scope="module")
def served(exported):
    """A function (how, memory) -> the outputs by name, through a Session; and the graph that it runs."""
    with tf.Graph().as_default() as graph:
        session = tf.compat.v1.Session(graph=graph)
        meta = tf.compat.v1.saved_model.loader.load(session, ["serve"], exported)

    def run(how, memory):
        signature = meta.signature_def[how]
        outputs = {name: info.name for name, info in signature.outputs.items()}
        return session.run(outputs, {signature.inputs["memory"].name: memory})

    yield run, meta.graph_def
    session.close()


def memories(rows, size, seed=1):
    """(B, S, H); the last position of all rows but the first is padding."""
    memory = np.random.default_rng(seed).normal(size=(rows, size, H)).astype("float32")
    memory[1:, -1] = 0
    return memory


@pytest.mark.parametrize("how", ["beam", "greedy"])
def test_a_session_finds_what_the_function_finds(decoder, served, how):
    for rows, size in ((1, 3), (5, 4), (2, 9)):
        memory = memories(rows, size)
        theirs, ours = served[0](how, memory), decoder.search(tf.constant(memory), how)
        assert theirs.keys() == ours.keys()
        for name, value in ours.items():
            np.testing.assert_allclose(theirs[name], value, atol=1e-4, err_msg=name)


@pytest.mark.parametrize("how", ["beam", "greedy"])
def test_no_rows_find_nothing(served, how):
    assert {len(value) for value in served[0](how, memories(0, 3)).values()} == {0}


def test_a_session_draws_anew_at_each_request(served):
    one, other = (served[0]("sample", memories(8, 4))["tokens"].tolist() for _ in range(2))
    assert one != other


@pytest.mark.parametrize("how", ["beam", "greedy"])
def test_xla_finds_the_same(decoder, how):
    memory = tf.constant(memories(5, 4))
    found, expected = (decoder.function(how, jit_compile=xla)(memory) for xla in (True, False))
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, atol=1e-4, err_msg=name)


def test_the_graph_asks_for_no_xla(served):
    graph = served[1]
    nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    assert not [node.op for node in nodes if node.op.startswith("Xla") or "PyFunc" in node.op]
