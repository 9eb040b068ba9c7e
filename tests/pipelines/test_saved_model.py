"""Exports: whole versions, which a server without Python and without XLA can load and run."""

import resource
import signal
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from keras_seq.datasets import InputError
from keras_seq.pipelines import SavedModelSession, ServedLabeler

TEXTS = ["我一月一号去郑州", "please to Rome now", "", "ﬁ ㎏ e\u0301 👩‍👩‍👧", "to\0Rome"]


@pytest.fixture(scope="module")
def exported(labeler, tmp_path_factory):
    """The folder of versions."""
    folder = tmp_path_factory.mktemp("serving") / "new" / "model"
    labeler.export(folder)
    return folder


def proto(version):
    model = saved_model_pb2.SavedModel()
    model.ParseFromString((version / "saved_model.pb").read_bytes())
    (meta,) = model.meta_graphs
    return meta


class TestVersions:
    def test_they_are_counted_up(self, speller, exported):
        assert speller.export(exported) == exported / "2"
        (exported / "41").mkdir()
        assert speller.export(exported) == exported / "42"
        assert sorted(entry.name for entry in exported.iterdir()) == ["1", "2", "41", "42"]

    def test_the_highest_is_loaded(self, speller, tmp_path):
        for _ in range(2):
            version = speller.export(tmp_path)
        version.rename(tmp_path / "10")
        assert SavedModelSession(tmp_path).path == tmp_path / "10"

    @pytest.mark.parametrize("name", ["README.md", "1a", "²", ".git", "1.0"])
    def test_a_folder_of_others_is_refused_and_left_alone(self, speller, tmp_path, name):
        (tmp_path / name).mkdir()
        with pytest.raises(InputError, match=f"contains {name}, expected a new directory or one of numbered versions"):
            speller.export(tmp_path)
        assert [entry.name for entry in tmp_path.iterdir()] == [name]

    def test_a_file_is_refused(self, speller, tmp_path):
        (tmp_path / "file").touch()
        with pytest.raises(InputError, match="file: is a file, expected a directory to export to"):
            speller.export(tmp_path / "file")

    @pytest.mark.parametrize("limit", [100, 10_000, 100_000])
    def test_a_full_disk_leaves_no_version_and_nothing_else(self, speller, tmp_path, limit):
        (tmp_path / "1").mkdir()
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))  # bytes of one file
        try:
            with pytest.raises(OSError, match=f"{tmp_path}: the export was not written: File too large"):
                speller.export(tmp_path)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert [entry.name for entry in tmp_path.iterdir()] == ["1"]

    def test_a_killed_export_leaves_nothing_that_a_server_would_load(self, speller, tmp_path, process):
        speller.save(tmp_path / "model")
        code = """
import os, signal, sys, keras_seq as ks
model = ks.pipelines.load(sys.argv[1])
os.rename = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
model.export(sys.argv[2])
"""
        assert process(code, tmp_path / "model", tmp_path / "serving").returncode == -signal.SIGKILL
        assert not [entry.name for entry in (tmp_path / "serving").iterdir() if not entry.name.startswith(".")]
        assert speller.export(tmp_path / "serving") == tmp_path / "serving" / "1"


class TestWhatIsNoSavedModel:
    @pytest.mark.parametrize("make", [lambda path: None, Path.mkdir, Path.touch], ids=["missing", "empty", "file"])
    def test_it_is_refused(self, tmp_path, make):
        make(tmp_path / "model")
        with pytest.raises(InputError, match="model: no SavedModel in it, expected a directory that `export` wrote"):
            SavedModelSession(tmp_path / "model")

    @pytest.mark.parametrize("damage", ["saved_model.pb", "variables/variables.index", "version"])
    def test_a_damaged_one_is_refused_in_one_line(self, speller, tmp_path, damage, capfd):
        version = speller.export(tmp_path)
        capfd.readouterr()
        if damage == "version":
            for file in version.rglob("*.pb"):
                file.unlink()
        else:
            (version / damage).write_bytes(b"no protocol buffer")
        with pytest.raises(InputError, match="expected a SavedModel that `export` wrote") as error:
            SavedModelSession(tmp_path)
        assert "\n" not in str(error.value)

    def test_one_that_takes_no_text_is_refused(self, tmp_path):
        module = tf.Module()
        module.f = tf.function(lambda x: {"y": x}, input_signature=[tf.TensorSpec((None,), tf.float32, name="x")])
        tf.saved_model.save(module, str(tmp_path), signatures=module.f)
        with pytest.raises(InputError, match="no signature that takes text"):
            SavedModelSession(tmp_path)

    def test_one_that_gives_no_labels_is_refused(self, tmp_path):
        module = tf.Module()
        module.f = tf.function(
            lambda text: {"y": text}, input_signature=[tf.TensorSpec((None,), tf.string, name="text")]
        )
        tf.saved_model.save(module, str(tmp_path), signatures=module.f)
        with pytest.raises(InputError, match="no output 'ends', expected an exported sequence-labeling pipeline"):
            ServedLabeler(tmp_path)


@pytest.fixture(scope="module")
def stock_ops(fresh):
    """What a process knows that has TensorFlow and TensorFlow Text, and nothing of ours."""
    code = """
import json, tensorflow, tensorflow_text
from tensorflow.core.framework import op_def_pb2
from tensorflow.python.client import pywrap_tf_session as session
ops = op_def_pb2.OpList()
ops.ParseFromString(session.TF_GetBuffer(session.TF_GetAllOpList()))
print(json.dumps([op.name for op in ops.op]))
"""
    return set(fresh(code))


class TestTheGraph:
    def test_its_signature_is_text_in_and_rows_out(self, labeler, exported):
        signature = proto(exported / "1").signature_def["serving_default"]
        assert {name: info.dtype for name, info in signature.inputs.items()} == {"text": tf.string.as_datatype_enum}
        assert [dim.size for dim in signature.inputs["text"].tensor_shape.dim] == [-1]
        names = {"tokens", "labels", "probabilities", "starts", "ends", "lengths"}
        names |= {"span_probabilities", "probability", "tagging"}
        sentence = {"sentence_label", "sentence_probability"} if labeler.sentence_labels else set()
        assert set(signature.outputs) == names | sentence
        assert {info.tensor_shape.dim[0].size for info in signature.outputs.values()} == {-1}

    def test_nothing_in_it_asks_for_xla(self, exported):
        meta = proto(exported / "1")
        asked = [
            (function.signature.name, name)
            for function in meta.graph_def.library.function
            for attributes in (function.attr, *(node.attr for node in function.node_def))
            for name in attributes
            if "xlamustcompile" in name.lower().replace("_", "") and attributes[name].b
        ]
        assert not asked
        assert not [node.op for node in nodes(meta) if node.op.startswith("Xla")]

    def test_its_ops_are_those_that_the_stock_server_links(self, exported, stock_ops):
        meta = proto(exported / "1")
        functions = {function.signature.name for function in meta.graph_def.library.function}
        found = {node.op for node in nodes(meta)} - functions
        assert found <= stock_ops
        assert not [op for op in found if "PyFunc" in op]  # they need the Python process that made them

    @pytest.mark.parametrize("count", [0, 1, 3])
    def test_every_output_has_a_row_for_each_text(self, exported, count):
        outputs = SavedModelSession(exported)(["to Rome", "", "我去"][:count])
        assert {len(value) for value in outputs.values()} == {count}


def nodes(meta):
    """The nodes of the graph and of its functions."""
    yield from meta.graph_def.node
    for function in meta.graph_def.library.function:
        yield from function.node_def


def test_a_session_gives_the_outputs_of_the_pipeline(labeler, exported, strings):
    session, serve = SavedModelSession(exported / "1"), labeler.serving().serve
    texts = sorted(strings(["我一月一号去郑州", "we go from Oslo to Rome"], 400), key=len)
    for batch in (texts[:200], texts[200:-1], texts[-1:]):
        theirs, ours = session(batch), serve(tf.constant(batch))
        assert theirs.keys() == ours.keys()
        for name, value in ours.items():
            if value.dtype.is_floating:
                np.testing.assert_allclose(theirs[name], value.numpy(), atol=1e-5)
            else:
                np.testing.assert_array_equal(theirs[name], value.numpy())
    session.close()


# The C API, as a server has it: no Python module of TensorFlow is imported in that process.
C_API = Path(__file__).with_name("serve_by_c_api.py")


def test_a_process_without_python_s_tensorflow_loads_and_runs_it(labeler, exported, fresh):
    signature = proto(exported / "1").signature_def["serving_default"]
    names = [signature.inputs["text"].name, signature.outputs["labels"].name, signature.outputs["lengths"].name]
    found = fresh(C_API.read_text(), exported / "1", *names, *(text.encode().hex() for text in TEXTS))
    expected = labeler.predict(TEXTS)
    assert found["lengths"] == [len(result.labels) for result in expected]
    assert [row[: len(result.labels)] for row, result in zip(found["labels"], expected, strict=True)] == [
        result.labels for result in expected
    ]
