"""The recurrent cells by the name that a user writes."""

from .cell import Cell
from .elman import ElmanCell
from .gru import GRUCell
from .jordan import JordanCell
from .lstm import LSTMCell

CELLS: dict[str, type[Cell]] = {"elman": ElmanCell, "jordan": JordanCell, "gru": GRUCell, "lstm": LSTMCell}
