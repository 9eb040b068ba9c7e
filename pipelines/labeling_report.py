"""The figures of a labeller: spans, tokens, whole sentences, and what it could not have learnt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from ..datasets import Examples, spans
from .evaluation import Evaluation, span_report
from .span_metrics import score_spans


def labeling_evaluation(
    examples: Examples,
    predicted: Sequence[Sequence[str]],
    sentences: Sequence[str | None] | None,
    known: Sequence[str],
    known_sentences: Sequence[str] = (),
) -> Evaluation:
    """Compares examples with predicted tags (E) and, where it is learnt and given, the label of each sentence (E).

    Labels outside `known` and `known_sentences` count as errors like any other and are named in the notes.
    """
    gold = [example.tags for example in examples]
    scores = score_spans(gold, predicted)
    overall = scores.overall
    figures = {
        "f1": overall.f1,
        "precision": overall.precision,
        "recall": overall.recall,
        "macro_f1": scores.macro_f1,
        "accuracy": scores.accuracy,
    }
    exact = [tuple(a) == tuple(b) for a, b in zip(gold, predicted, strict=True)]
    notes = _unseen("labels", Counter(span.label for tags in gold for span in spans(tags)), known, "spans")
    labels = [example.label for example in examples]
    if sentences is not None and None not in labels:
        right = [a == b for a, b in zip(labels, sentences, strict=True)]
        figures["label_accuracy"] = sum(right) / len(right)
        exact = [a and b for a, b in zip(exact, right, strict=True)]
        notes += _unseen("sentence labels", Counter(label for label in labels if label), known_sentences, "sentences")
    figures |= {"exact_match": sum(exact) / len(exact), "sentences": len(gold), "tokens": scores.tokens}
    return Evaluation(figures, span_report(scores), notes, _confusion(gold, predicted))


def _confusion(gold: Iterable[Sequence[str]], predicted: Iterable[Sequence[str]]) -> Counter[tuple[str, str]]:
    """(right label, given label) -> tokens; the prefixes of tags do not count."""
    return Counter(zip(_names(gold), _names(predicted), strict=True))


def _names(sequences: Iterable[Sequence[str]]) -> Iterator[str]:
    return ("O" if tag == "O" else tag[2:] or "_" for tag in chain.from_iterable(sequences))


def _unseen(what: str, counts: Counter[str], known: Sequence[str], unit: str) -> list[str]:
    unseen = sorted(set(counts) - set(known))
    if not unseen:
        return []
    named = ", ".join(f"{label} ({counts[label]})" for label in unseen)
    return [f"{what} that never occur in training, counted as errors ({unit}): {named}"]
