"""Exports of language models: what a server says is what `score` says."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from keras_seq.datasets import Corpus, InputError
from keras_seq.pipelines import RecurrentLanguageModel, SavedModelSession

OUTPUTS = {
    "tokens",
    "log_probabilities",
    "known",
    "lengths",
    "log_probability",
    "next_tokens",
    "next_probabilities",
}
C_API = Path(__file__).with_name("serve_by_c_api.py")


@pytest.fixture(scope="module")
def exported(writer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("serving")
    writer.export(folder)
    return folder


def proto(version):
    model = saved_model_pb2.SavedModel()
    model.ParseFromString((version / "saved_model.pb").read_bytes())
    return model.meta_graphs[0]


def test_a_session_says_what_score_says(writer, exported, strings):
    session = SavedModelSession(exported)
    assert session.outputs == OUTPUTS
    texts = sorted(strings(["the cat is small", "walking home after school"], 200), key=len)
    for batch in (texts[:100], texts[100:-1]):
        found = session(batch)
        for row, scored in enumerate(writer.score(batch)):
            length = found["lengths"][row]
            assert [token.decode() for token in found["tokens"][row][:length]] == scored.tokens
            assert found["known"][row][:length].tolist() == scored.known
            np.testing.assert_allclose(found["log_probabilities"][row][:length], scored.log_probabilities, atol=1e-4)
            np.testing.assert_allclose(found["log_probability"][row], scored.log_probability, rtol=1e-4, atol=1e-4)
            assert not found["log_probabilities"][row][length:].any()
            best = [token.decode() for token in found["next_tokens"][row]]
            assert best[0] == scored.following[0][0]
            np.testing.assert_allclose(found["next_probabilities"][row], [p for _, p in scored.following], atol=1e-5)
    session.close()


@pytest.mark.parametrize("count", [0, 1, 3])
def test_every_output_has_a_row_for_each_text(exported, count):
    outputs = SavedModelSession(exported)(["the cat", "", "zebra"][:count])
    assert {len(value) for value in outputs.values()} == {count}


def test_nothing_in_it_needs_xla_or_python(exported):
    meta = proto(exported / "1")
    functions = meta.graph_def.library.function
    ops = {node.op for nodes in (meta.graph_def.node, *(f.node_def for f in functions)) for node in nodes}
    assert not [op for op in ops if "PyFunc" in op or op.startswith("Xla")]
    asked = [f.signature.name for f in functions if f.attr["_XlaMustCompile"].b]
    assert not asked


def test_a_process_without_python_s_tensorflow_runs_it(writer, exported, fresh):
    signature, texts = proto(exported / "1").signature_def["serving_default"], ["the cat is small", "", "zebra 去"]
    names = [signature.inputs["text"].name, signature.outputs["tokens"].name, signature.outputs["lengths"].name]
    found = fresh(C_API.read_text(), exported / "1", *names, *(text.encode().hex() for text in texts))
    expected = [scored.tokens for scored in writer.score(texts)]
    assert found["lengths"] == [len(tokens) for tokens in expected]
    assert [row[: len(tokens)] for row, tokens in zip(found["labels"], expected, strict=True)] == expected


@pytest.fixture(scope="module")
def labeled():
    corpus = Corpus.from_texts([("a b c", "up"), ("c b a", "down")] * 4, [("a b c", "up")])
    options = {"units": 3, "layers": 1, "epochs": 1, "context": "sentence", "condition": True, "cell": "gru"}
    return RecurrentLanguageModel(**options).fit(corpus, tracking=None, progress=False)


class TestLabels:
    @pytest.mark.parametrize("label", ["up", "down", ""])
    def test_texts_start_from_theirs(self, labeled, label, tmp_path):
        labeled.export(tmp_path)
        found = SavedModelSession(tmp_path)(["a b c", "a"], label)["log_probability"]
        expected = [scored.log_probability for scored in labeled.score(["a b c", "a"], condition=label or None)]
        np.testing.assert_allclose(found, expected, rtol=1e-5)

    def test_each_text_may_have_its_own(self, labeled):
        found = labeled.serving().serve(tf.constant(["a b", "a b"]), tf.constant(["up", "down"]))["log_probability"]
        expected = [labeled.score("a b", condition=label).log_probability for label in ("up", "down")]
        np.testing.assert_allclose(found, expected, rtol=1e-5)

    def test_an_export_without_labels_takes_none(self, exported):
        with pytest.raises(InputError, match="label 'up', but this export takes text alone"):
            SavedModelSession(exported)(["a"], "up")
