"""The same network in Keras' own recurrent layers and in ours: weights are laid out alike, so each way is a copy."""

from typing import Any

import keras

from .bidirectional import Bidirectional
from .cell import APART, seeded
from .elman import ElmanCell
from .gru import GRUCell
from .lstm import LSTMCell
from .recurrence import Recurrence

LAYERS = {ElmanCell: keras.layers.SimpleRNN, GRUCell: keras.layers.GRU, LSTMCell: keras.layers.LSTM}
CELLS_OF_KERAS = {
    keras.layers.SimpleRNNCell: ElmanCell,
    keras.layers.GRUCell: GRUCell,
    keras.layers.LSTMCell: LSTMCell,
}
# Arguments that both sides name alike, beside the start values.
SHARED = {
    ElmanCell: ["units", "activation", "use_bias"],
    GRUCell: ["units", "activation", "recurrent_activation", "reset_after", "use_bias"],
    LSTMCell: ["units", "activation", "recurrent_activation", "use_bias"],
}
# Start values, and what our cells add to their seed for each.
START_VALUES = {"kernel_initializer": 0, "recurrent_initializer": 1, "bias_initializer": APART}
# What one side alone has; it must be off.
OURS_ALONE = ["peephole", "coupled", "layer_normalization", "projection"]
RULES = [f"{weight}_{rule}" for weight in ("kernel", "recurrent", "bias") for rule in ("regularizer", "constraint")]
KERAS_ALONE = ["dropout", "recurrent_dropout", "stateful", "activity_regularizer", *RULES]


def from_keras(layer: keras.Layer) -> Recurrence | Bidirectional:
    """A recurrent layer of Keras as one of ours, with the same outputs.

    Args:
        layer: `SimpleRNN`, `GRU`, `LSTM`, an `RNN` over one of their cells, or a `Bidirectional` of two that concatenates.
            A layer that is not built yet has no weights to copy; its start values are kept.

    Returns a `Recurrence` or a `Bidirectional` of the same name, dtype policy and trainability, with copies of the weights.

    Two things differ on purpose. With `go_backwards` Keras returns the outputs from the last step to the first, ours stay
    in the input's order: flip one of them along time to compare. On padded steps ours are zeros, as Keras' are with
    `zero_output_for_mask`; otherwise Keras repeats the step before.

    Raises ValueError for what ours cannot do or does not carry over: dropout inside the cell, regularizers, constraints,
    `stateful`, other cells, another `merge_mode`.
    """
    if type(layer) is keras.layers.Bidirectional:
        return _both_from_keras(layer)
    ours = Recurrence(
        _cell_of(layer),
        return_sequences=layer.return_sequences,
        return_state=layer.return_state,
        reverse=layer.go_backwards,
        **_identity(layer),
    )
    return _copied(ours, {layer.cell: ours.cell})


def to_keras(layer: Recurrence | Bidirectional) -> keras.Layer:
    """A recurrent layer of ours as one of Keras', with the same outputs but for reversed ones: see `from_keras`.

    Args:
        layer: a `Recurrence` or a `Bidirectional` over Elman, GRU or plain LSTM cells, built or not.

    Returns a `SimpleRNN`, `GRU` or `LSTM`, or a `Bidirectional` of two, of the same name, with copies of the weights.

    Raises ValueError for what Keras cannot do: a Jordan cell, an LSTM with peepholes, coupled gates, layer normalization or
    a projection, another `forget_bias` than 1 or None before the layer is built, two directions of different sizes; and for
    `dropout` and `stateful`, which are not carried over.
    """
    if type(layer) is Bidirectional:
        return _both_to_keras(layer)
    if type(layer) is not Recurrence:
        raise ValueError(f"to_keras: got {type(layer).__name__}, expected Recurrence or Bidirectional")
    _refuse_ours_alone(layer)
    options = {"return_state": layer.return_state, "go_backwards": layer.reverse}
    theirs = _layer_of(layer.cell, layer.return_sequences, **options, **_identity(layer))
    return _copied(theirs, {layer.cell: theirs.cell})


def _refuse_ours_alone(layer: Any) -> None:
    if layer.dropout is not None or layer.stateful:
        name = "dropout" if layer.dropout is not None else "stateful"
        raise ValueError(f"to_keras: {layer.name}: {name}, which is not carried over")


def _both_from_keras(layer: Any) -> Any:
    left, right = layer.forward_layer, layer.backward_layer
    expected = {(layer, "merge_mode"): "concat", (left, "go_backwards"): False}
    for (owner, name), value in expected.items():
        if getattr(owner, name) != value:
            raise ValueError(f"from_keras: {owner.name}: {name}={getattr(owner, name)!r}, expected {value!r}")
    cells = _cell_of(left), _cell_of(right, "_backward")
    ours = Bidirectional(*cells, layer.return_sequences, layer.return_state, **_identity(layer))
    return _copied(ours, {left.cell: ours.cell, right.cell: ours.backward_cell})


def _both_to_keras(layer: Any) -> Any:
    _refuse_ours_alone(layer)
    left, right = layer.cell, layer.backward_cell
    if left.output_size != right.output_size:
        sizes = f"{left.output_size} and {right.output_size}"
        raise ValueError(f"to_keras: {layer.name}: directions of {sizes} outputs, expected equal ones")
    state = {"return_state": layer.return_state}
    forward = _layer_of(left, layer.return_sequences, **state, **_identity(left))
    backward = _layer_of(right, layer.return_sequences, go_backwards=True, **state, **_identity(right))
    theirs = keras.layers.Bidirectional(forward, backward_layer=backward, **_identity(layer))
    return _copied(theirs, {left: theirs.forward_layer.cell, right: theirs.backward_layer.cell})


def _cell_of(layer: Any, suffix: str = "") -> Any:
    """Our cell, not built, of a layer of Keras."""
    cell: Any = getattr(layer, "cell", None)
    if type(layer) not in (*LAYERS.values(), keras.layers.RNN) or type(cell) not in CELLS_OF_KERAS:
        kind = f"{type(layer).__name__} of {type(cell).__name__}" if cell else type(layer).__name__
        raise ValueError(f"from_keras: got {kind}, expected SimpleRNN, GRU, LSTM, or a Bidirectional of them")
    for name in KERAS_ALONE:
        value = getattr(layer, name, None) or getattr(cell, name, None)
        if value:
            raise ValueError(f"from_keras: {layer.name}: {name}={value!r}, which ours does not have")
    ours = CELLS_OF_KERAS[type(cell)]
    options = {name: getattr(cell, name) for name in (*SHARED[ours], *START_VALUES)}
    if ours is LSTMCell:
        options["forget_bias"] = 1.0 if cell.unit_forget_bias else None
    return ours(**options, **{**_identity(cell), "name": cell.name + suffix})


def _layer_of(cell: Any, return_sequences: bool, **options: Any) -> Any:
    """The layer of Keras, not built, of one of our cells; padded steps put out zeros, as in ours."""
    if type(cell) not in LAYERS:
        raise ValueError(f"to_keras: got {type(cell).__name__}, expected ElmanCell, GRUCell or LSTMCell")
    for name in OURS_ALONE:
        if getattr(cell, name, None):
            raise ValueError(f"to_keras: {cell.name}: {name}={getattr(cell, name)!r}, which Keras does not have")
    options |= {name: getattr(cell, name) for name in SHARED[type(cell)]}
    options |= {name: seeded(getattr(cell, name), cell.seed, offset) for name, offset in START_VALUES.items()}
    if type(cell) is LSTMCell:
        if not cell.built and cell.forget_bias not in (None, 1):
            raise ValueError(f"to_keras: {cell.name}: forget_bias={cell.forget_bias!r}, expected 1 or None until built")
        options["unit_forget_bias"] = cell.forget_bias is not None
    return LAYERS[type(cell)](return_sequences=return_sequences, zero_output_for_mask=return_sequences, **options)


def _identity(layer: Any) -> dict[str, Any]:
    return {"name": layer.name, "dtype": layer.dtype_policy, "trainable": layer.trainable}


def _copied(layer: Any, cells: dict[Any, Any]) -> Any:
    """The layer, built where the cells (keys) are, with their weights and trainability in its own cells (values)."""
    for old, new in cells.items():
        new.trainable = old.trainable
    if all(old.built for old in cells):
        layer.build((None, None, next(iter(cells)).kernel.shape[0]))
        for old, new in cells.items():
            new.set_weights(old.get_weights())
    return layer
