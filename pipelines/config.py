"""Hyperparameters: one frozen dataclass per pipeline, filled from Python values or from a command line's words."""

from __future__ import annotations

import dataclasses
import difflib
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

from ..datasets import InputError

C = TypeVar("C", bound="Config")


def option(
    default: Any, meaning: str, choices: tuple[str, ...] = (), low: float | None = None, below: float | None = None
) -> Any:
    """A field with its default, its meaning for `--set help`, its choices, the least value allowed, and one too great."""
    about = {"meaning": meaning, "choices": choices, "low": low, "below": below}
    return dataclasses.field(default=default, metadata=about)


@dataclass(frozen=True)
class Config:
    """Base of what a user may set: every value is checked against what its `option` allows."""

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            _check(field, getattr(self, field.name))

    def refuse(self, names: Collection[str], where: str, expected: str) -> None:
        """Raises InputError for a field that was set though it would do nothing.

        Args:
            names: the fields.
            where: what they have nothing to do with, as in `characters=none`.
            expected: what would give them something to do.
        """
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if field.name in names and value != field.default:
                word = str(value).lower() if isinstance(value, bool) else value
                raise InputError(f"{field.name}={word} with {where}: expected {expected}")


@dataclass(frozen=True)
class TrainingConfig(Config):
    """What the training of a network has; tasks add their own."""

    batch_size: int = option(32, "sentences a step", low=1)
    epochs: int = option(40, "the most passes over the training data", low=1)
    patience: int = option(20, "epochs without a better validation score before training stops", low=1)
    learning_rate: float = option(4e-3, "of Adam, at the start", low=1e-9)
    decay: str = option("cosine", "of the learning rate over all epochs", ("cosine", "linear", "none"))
    clip_norm: float = option(5.0, "the gradient's largest norm; 0 leaves it as it is", low=0)
    seed: int = option(0, "of everything random", low=0)


def configure(kind: type[C], values: Mapping[str, Any]) -> C:
    """The configuration with `values` set; words are read as the field's type.

    Raises InputError for an unknown name, offering the nearest one, and for a value of another type or out of range.
    """
    types = get_type_hints(kind)
    for name in values:
        if name not in types:
            near = difflib.get_close_matches(name, types, n=1, cutoff=0.0)[0]
            raise InputError(f"unknown hyperparameter {name!r}: did you mean {near!r}? One of {', '.join(types)}")
    return kind(**{name: _read(name, value, types[name]) for name, value in values.items()})


def assignments(words: list[str]) -> dict[str, str]:
    """`["units=128", "cell=gru"]` as a dict; raises InputError for a word without `=`."""
    pairs = [word.partition("=") for word in words]
    for name, equals, value in pairs:
        if not (name and equals and value):
            raise InputError(f"--set {name}{equals}{value}: expected name=value, as in units=128")
    names = [name for name, _, _ in pairs]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise InputError(f"--set {twice}=... stands twice: expected each hyperparameter once")
    return {name: value for name, _, value in pairs}


def describe(kind: type[Config]) -> list[tuple[str, str, str]]:
    """(name, default, meaning) of every hyperparameter."""
    rows = []
    for field in dataclasses.fields(kind):
        choices = field.metadata["choices"]
        meaning = field.metadata["meaning"] + (f" ({', '.join(choices)})" if choices else "")
        rows.append((field.name, str(field.default), meaning))
    return rows


def _read(name: str, value: Any, kind: type) -> Any:
    if kind is bool and str(value).lower() in ("true", "false"):
        return str(value).lower() == "true"
    if kind is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str) and kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            pass
    elif type(value) is kind:
        return value
    raise InputError(f"hyperparameter {name}={value!r}: expected {_TYPES[kind]}")


def _check(field: dataclasses.Field[Any], value: Any) -> None:
    choices, low, below = (field.metadata[name] for name in ("choices", "low", "below"))
    if choices and value not in choices:
        raise InputError(f"hyperparameter {field.name}={value!r}: expected one of {', '.join(choices)}")
    if isinstance(value, float) and not math.isfinite(value):
        raise InputError(f"hyperparameter {field.name}={value}: expected a finite number")
    if low is not None and not value >= low:
        raise InputError(f"hyperparameter {field.name}={value}: expected at least {low:g}")
    if below is not None and not value < below:
        raise InputError(f"hyperparameter {field.name}={value}: expected less than {below:g}")


_TYPES = {int: "a whole number", float: "a number", bool: "true or false", str: "a word"}
