"""What every recurrent cell shares: its weights W (D, G·H), U (H, G·H), b, for G gates side by side."""

from typing import Any

import keras
from keras import ops

APART = 50_021  # what further start values add to the seed: more than one network's seeds lie apart, so none meet


class Cell(keras.Layer):
    """Base of the recurrent cells; it follows Keras' cell protocol, so a cell also runs in `keras.layers.RNN`.

    Args:
        units: H, the size of the hidden state, at least 1.
        use_bias: whether b is learnt; without it b is zero.
        kernel_initializer, recurrent_initializer, bias_initializer: start values of W, U and b.
        seed: makes start values given by name repeatable; None draws them anew each time.

    Subclasses set `gates` (G), `state_size` and, where it is not H, `output_size`; U has a row for each output.
    They write one step in `call(inputs (B, D), states) -> (output, new states)`.

    Raises ValueError for a size, an activation, a start value or a choice that cannot be, in one line.
    """

    gates = 1

    def __init__(
        self,
        units: int,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.units = positive_integer(self, "units", units)
        self.use_bias = boolean(self, "use_bias", use_bias)
        self.kernel_initializer = known_initializer(self, "kernel_initializer", kernel_initializer)
        self.recurrent_initializer = known_initializer(self, "recurrent_initializer", recurrent_initializer)
        self.bias_initializer = known_initializer(self, "bias_initializer", bias_initializer)
        if seed is not None and type(seed) is not int:
            raise ValueError(f"{type(self).__name__}: seed={seed!r}, expected an integer or None")
        self.seed = seed
        self.output_size = units

    def build(self, input_shape):
        width = self.gates * self.units
        self.kernel = self.add_weight(
            shape=(input_shape[-1], width), initializer=seeded(self.kernel_initializer, self.seed, 0), name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.output_size, width),
            initializer=seeded(self.recurrent_initializer, self.seed, 1),
            name="recurrent_kernel",
        )
        self.bias = self.add_bias(width) if self.use_bias else 0.0  # no array: one made here may die with its graph

    def bias_shape(self, width: int) -> tuple[int, ...]:
        """The shape of b; a cell that keeps two biases says so here."""
        return (width,)

    def bias_start(self) -> Any:
        """The initializer of b; a cell that starts a gate elsewhere says so here."""
        return seeded(self.bias_initializer, self.seed, APART)

    def add_bias(self, width: int) -> Any:
        """b, created with the cell's start value."""
        return self.add_weight(shape=self.bias_shape(width), initializer=self.bias_start(), name="bias")

    def get_initial_state(self, batch_size=None):
        """Zeros, one (B, size) array for each state."""
        sizes = self.state_size if isinstance(self.state_size, list) else [self.state_size]
        return [ops.zeros((batch_size, size), self.compute_dtype) for size in sizes]

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "use_bias": self.use_bias,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "recurrent_initializer": keras.initializers.serialize(self.recurrent_initializer),
            "bias_initializer": keras.initializers.serialize(self.bias_initializer),
            "seed": self.seed,
        }


def seeded(initializer: Any, seed: int | None, offset: int) -> Any:
    """The same initializer drawing from `seed + offset`; unchanged where there is no seed or nothing random."""
    config = initializer.get_config() if hasattr(initializer, "get_config") else {}
    if seed is None or "seed" not in config:
        return initializer
    return type(initializer).from_config({**config, "seed": seed + offset})


def drawn_again(initializer: Any) -> Any:
    """The same initializer with other numbers, for a second weight: Keras draws the same ones at every call."""
    config = initializer.get_config() if hasattr(initializer, "get_config") else {}
    seed = config.get("seed")
    if "seed" not in config or not isinstance(seed, int | None):  # a generator moves on by itself
        return initializer
    return type(initializer).from_config({**config, "seed": None if seed is None else seed + APART})


def positive_integer(owner: Any, argument: str, value: Any) -> int:
    """The value; raises ValueError, naming the owner's class and the argument, unless it is an integer of at least 1."""
    if type(value) is not int or value < 1:
        raise ValueError(f"{type(owner).__name__}: {argument}={value!r}, expected an integer of at least 1")
    return value


def boolean(owner: Any, argument: str, value: Any) -> bool:
    """The value; raises ValueError, naming the owner's class and the argument, unless it is True or False."""
    if not isinstance(value, bool):
        raise ValueError(f"{type(owner).__name__}: {argument}={value!r}, expected True or False")
    return value


def known_activation(owner: Any, argument: str, choice: Any) -> Any:
    """The Keras activation of that name, or the function given (None: linear); raises ValueError."""
    return _known(keras.activations.get, owner, argument, choice, "a Keras activation, such as 'tanh',")


def known_initializer(owner: Any, argument: str, choice: Any) -> Any:
    """The Keras initializer of that name, or the one given; raises ValueError."""
    get = keras.initializers.get
    return _known(get, owner, argument, choice, "a Keras initializer, such as 'glorot_uniform',")


def _known(get: Any, owner: Any, argument: str, choice: Any, expected: str) -> Any:
    try:
        found = get(choice)
    except (TypeError, ValueError):
        found = None
    if found is None:
        message = f"unknown {argument} {choice!r}, expected the name of {expected} or a function"
        raise ValueError(f"{type(owner).__name__}: {message}")
    return found
