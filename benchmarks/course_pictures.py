"""Two worked examples as pictures: the cliff of an error surface, and a memory that gates write, keep, read and clear.

    python benchmarks/course_pictures.py --pictures docs

Nothing is trained: the first is computed, and the second's weights are set by hand.
"""

import argparse
from pathlib import Path

import numpy as np

from keras_seq.layers import LSTMCell
from keras_seq.layers.gates import read_gates
from keras_seq.pipelines.gradient_pictures import cliff, gate_maps

INPUTS = [(3, 1, 0), (4, 1, 0), (2, 0, 0), (1, 0, 1), (3, -1, 0)]


def steered() -> LSTMCell:
    """One unit: x2 = 1 adds x1 to the memory, x2 = -1 clears it, x3 = 1 opens the output; linear, hard gates."""
    cell = LSTMCell(1, "linear")
    cell.build((None, 3))
    kernel = [[0, 0, 1, 0], [100, 100, 0, 0], [0, 0, 0, 100]]  # rows x1, x2, x3; columns i, f, c̃, o
    cell.set_weights([np.array(kernel, "float32"), np.zeros((1, 4), "float32"), np.array([-50, 50, 0, -50], "float32")])
    return cell


def main() -> None:
    """Writes cliff.png and gates_by_hand.png."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pictures", metavar="FOLDER", default=".")
    folder = Path(parser.parse_args().pictures)
    cliff(folder / "cliff.png")
    gates = read_gates(steered(), np.array([INPUTS], "float32"))
    tokens = [", ".join(map(str, x)) for x in INPUTS]
    gate_maps(tokens, {name: values[0] for name, values in gates.items()}, folder / "gates_by_hand.png")


if __name__ == "__main__":
    main()
