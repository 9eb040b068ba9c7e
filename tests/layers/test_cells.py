"""The table of cells by name."""

from keras_seq.layers import CELLS, Cell, ElmanCell, GRUCell, LSTMCell
from keras_seq.layers.jordan import JordanCell


def test_each_name_gives_its_cell():
    assert {"elman": ElmanCell, "jordan": JordanCell, "gru": GRUCell, "lstm": LSTMCell} == CELLS


def test_each_is_a_cell():
    assert all(issubclass(cell, Cell) for cell in CELLS.values())
