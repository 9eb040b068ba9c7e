"""Loads a SavedModel through TensorFlow's C API, XLA off as in the stock server, and runs it.

Arguments: the version's directory, the names of the tensors text, labels and lengths, then texts as UTF-8 in hexadecimal.
Prints labels (rows of strings, padding included) and lengths as JSON.
"""

import ctypes
import importlib.util
import json
import sys
from ctypes import POINTER, byref, c_char_p, c_int, c_int32, c_int64, c_size_t, c_void_p
from pathlib import Path

STRING, STRING_BYTES = 7, 24  # TF_STRING, sizeof(TF_TString)


class Output(ctypes.Structure):
    """TF_Output: an output of an operation of the graph."""

    _fields_ = [("oper", c_void_p), ("index", c_int)]


def folder(package):
    return Path(importlib.util.find_spec(package).origin).parent


def library():
    tf = ctypes.CDLL(str(folder("tensorflow") / "libtensorflow_cc.so.2"), mode=ctypes.RTLD_GLOBAL)
    for name in (
        "TF_NewStatus TF_NewSessionOptions TF_NewGraph TF_LoadLibrary TF_LoadSessionFromSavedModel TF_AllocateTensor "
        "TF_TensorData TF_GraphOperationByName TF_StringGetDataPointer"
    ).split():
        getattr(tf, name).restype = c_void_p
    tf.TF_Message.restype = c_char_p
    tf.TF_StringGetSize.restype = c_size_t
    tf.TF_Dim.restype = c_int64
    return tf


def check(tf, status):
    if tf.TF_GetCode(status):
        raise SystemExit(tf.TF_Message(status).decode())


def output(tf, graph, name):
    operation, _, index = name.partition(":")
    return Output(tf.TF_GraphOperationByName(graph, operation.encode()), int(index))


def strings(tf, texts):
    """A tensor (B,) of strings."""
    tensor = tf.TF_AllocateTensor(STRING, (c_int64 * 1)(len(texts)), 1, c_size_t(len(texts) * STRING_BYTES))
    for number, text in enumerate(texts):
        cell = c_void_p(tf.TF_TensorData(c_void_p(tensor)) + number * STRING_BYTES)
        tf.TF_StringInit(cell)
        tf.TF_StringCopy(cell, text, c_size_t(len(text)))
    return tensor


def cells(tf, tensor):
    """The strings of a tensor, flat, and its last dimension."""
    rank = tf.TF_NumDims(tensor)
    shape = [tf.TF_Dim(tensor, axis) for axis in range(rank)]
    count = shape[0] * (shape[1] if rank > 1 else 1)
    found = []
    for number in range(count):
        cell = c_void_p(tf.TF_TensorData(tensor) + number * STRING_BYTES)
        found.append(ctypes.string_at(tf.TF_StringGetDataPointer(cell), tf.TF_StringGetSize(cell)).decode())
    return found, shape[-1]


def main(path, names, texts):
    tf = library()
    tf._ZN10tensorflow21DisableXlaCompilationEv()
    status, graph = c_void_p(tf.TF_NewStatus()), c_void_p(tf.TF_NewGraph())
    for ops in sorted((folder("tensorflow_text") / "python" / "ops").glob("_*.so")):
        tf.TF_LoadLibrary(str(ops).encode(), status)
        check(tf, status)
    options, tags = c_void_p(tf.TF_NewSessionOptions()), (c_char_p * 1)(b"serve")
    session = c_void_p(tf.TF_LoadSessionFromSavedModel(options, None, path.encode(), tags, 1, graph, None, status))
    check(tf, status)
    fed, *wanted = (output(tf, graph, name) for name in names)
    inputs, results = (c_void_p * 1)(strings(tf, texts)), (c_void_p * 2)()
    tf.TF_SessionRun(session, None, byref(fed), inputs, 1, (Output * 2)(*wanted), results, 2, None, 0, None, status)
    check(tf, status)
    labels, width = cells(tf, c_void_p(results[0]))
    lengths = ctypes.cast(c_void_p(tf.TF_TensorData(c_void_p(results[1]))), POINTER(c_int32))
    rows = [labels[row * width : (row + 1) * width] for row in range(len(texts))]
    assert "tensorflow" not in sys.modules
    print(json.dumps({"labels": rows, "lengths": [lengths[row] for row in range(len(texts))]}))


main(sys.argv[1], sys.argv[2:5], [bytes.fromhex(text) for text in sys.argv[5:]])
