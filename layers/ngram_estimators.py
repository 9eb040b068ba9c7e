"""The estimators of n-gram models by name: functions of the tables of `count_ngrams`."""

from collections.abc import Callable

from .backoff_model import BackoffModel
from .interpolated_model import witten_bell
from .katz import katz
from .kneser_ney import kneser_ney
from .relative_frequencies import add_delta, maximum_likelihood, stupid_backoff

ESTIMATORS: dict[str, Callable[..., BackoffModel]] = {
    "mle": maximum_likelihood,
    "add-delta": add_delta,
    "stupid-backoff": stupid_backoff,
    "katz": katz,
    "witten-bell": witten_bell,
    "kneser-ney": kneser_ney,
}
