"""Exports that are none of ours; those that are: see test_served_language_model.py."""

import pytest
import tensorflow as tf

from keras_seq.datasets import InputError
from keras_seq.pipelines.served import served


def test_an_export_of_something_else_is_refused(tmp_path):
    module = tf.Module()
    module.f = tf.function(lambda text: {"y": text}, input_signature=[tf.TensorSpec((None,), tf.string, name="text")])
    tf.saved_model.save(module, str(tmp_path), signatures=module.f)
    with pytest.raises(InputError, match="outputs y, expected an exported pipeline of keras-seq"):
        served(tmp_path)


def test_a_folder_without_an_export_is_refused(tmp_path):
    with pytest.raises(InputError, match="no SavedModel in it, expected a directory that `export` wrote"):
        served(tmp_path)
