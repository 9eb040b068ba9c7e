"""The figures of a language model: perplexity = e^J, J = -(1/N) Σ log p(w[t] | before it), each text's end counted."""

from __future__ import annotations

import numpy as np

from ..datasets import InputError, Ragged
from ..layers import UNKNOWN_ID, TextUnits
from .evaluation import Evaluation


def language_evaluation(log_probabilities: np.ndarray, ids: Ragged, text: TextUnits) -> Evaluation:
    """The figures of N tokens, ends counted.

    Args:
        log_probabilities: natural, (N,).
        ids: the tokens with their ends.
        text: what the ids mean.

    Raises InputError for no tokens. Figures: perplexity, perplexity_without_oov, for characters bits_per_character, for
    characters and subwords word_perplexity; sentences, tokens, unknown_tokens.
    """
    count = len(ids.values)
    if not count:
        raise InputError("no tokens to evaluate, expected at least one")
    nats, unknown = -log_probabilities, ids.values == UNKNOWN_ID
    known = nats[~unknown]
    figures = {"perplexity": _perplexity(nats.sum(), count)}
    figures["perplexity_without_oov"] = _perplexity(known.sum(), len(known)) if len(known) else float("nan")
    if text.unit == "character":
        figures["bits_per_character"] = float(nats.mean() / np.log(2))
    if (words := text.words(ids.values)) and text.unit != "token":
        figures["word_perplexity"] = _perplexity(nats.sum(), words)
    figures |= {"sentences": len(ids), "tokens": count, "unknown_tokens": int(unknown.sum())}
    return Evaluation(figures, [], _notes(nats, unknown))


def _perplexity(nats: float, count: int) -> float:
    with np.errstate(over="ignore"):
        return float(np.exp(nats / count))


def _notes(nats: np.ndarray, unknown: np.ndarray) -> list[str]:
    notes = []
    if zeros := int(np.isinf(nats).sum()):
        notes.append(f"{zeros} tokens have probability 0, so perplexity is infinite: smooth the model")
    if unknown.all():
        notes.append("every token is unknown: there is nothing to compute the perplexity without them from")
    return notes
