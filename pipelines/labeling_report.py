"""The figures of a labeller: spans or tokens, whole sentences, and what it could not have learnt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat

from ..datasets import Examples, InputError, check_tag, spans
from .class_labels import listed
from .evaluation import Evaluation, span_report
from .label_evaluation import label_evaluation
from .labeling_errors import LabelingError
from .span_metrics import score_spans

Tags = Sequence[Sequence[str]]


def labeling_evaluation(
    examples: Examples,
    predicted: Tags,
    sentences: Sequence[str | None] | None,
    known: Sequence[str],
    known_sentences: Sequence[str] = (),
    tagging: str = "spans",
) -> Evaluation:
    """Compares examples with predicted tags (E) and, where it is learnt and given, the label of each sentence (E).

    Args:
        examples: with the right tags.
        predicted: tags in IOB2, or plain ones.
        sentences: predicted labels of sentences; None where none are learnt.
        known, known_sentences: the labels of the training split; others count as errors like any and are named in the notes.
        tagging: whether tags are of "spans", which are then scored, or of "tokens".

    `errors` has a `LabelingError` for each sentence that is not exactly right. Raises InputError where right tags should be of
    spans and are others, such as parts of speech.
    """
    gold = [example.tags for example in examples]
    found = _span_evaluation(gold, predicted, known) if tagging == "spans" else _evaluation(gold, predicted, known)
    labels = [example.label for example in examples]
    given = sentences if sentences is not None and None not in labels else None
    if given is not None:
        found["label_accuracy"] = sum(a == b for a, b in zip(labels, given, strict=True)) / len(labels)
        unseen = Counter(label for label in labels if label not in known_sentences)
        found.notes += _unseen("sentence labels", unseen, "sentences")
    found.errors = list(_errors(examples, predicted, given))
    exact = (len(gold) - len(found.errors)) / len(gold)
    found |= {"exact_match": exact, "sentences": len(gold), "tokens": sum(map(len, gold))}
    return found


def _span_evaluation(gold: Tags, predicted: Tags, known: Sequence[str]) -> Evaluation:
    _check(gold)
    scores = score_spans(gold, predicted)
    figures = {
        "f1": scores.overall.f1,
        "precision": scores.overall.precision,
        "recall": scores.overall.recall,
        "macro_f1": scores.macro_f1,
        "accuracy": scores.accuracy,
    }
    unseen = Counter(span.label for tags in gold for span in spans(tags) if span.label not in known)
    confusion = Counter(zip(_names(gold), _names(predicted), strict=True))
    return Evaluation(figures, span_report(scores), _unseen("labels", unseen, "spans"), confusion)


def _check(gold: Tags) -> None:
    """Raises InputError, with its sentence, for a tag that is not of spans."""
    for number, tags in enumerate(gold, start=1):
        try:
            for tag in tags:
                check_tag(tag, "IOB2")
        except InputError as error:
            raise InputError(f"sentence {number}: {error}") from error


def _evaluation(gold: Tags, predicted: Tags, known: Sequence[str]) -> Evaluation:
    """Of plain tags."""
    pairs = list(zip(*map(chain.from_iterable, (gold, predicted)), strict=True))
    found = label_evaluation((pair[:1] for pair in pairs), (pair[1:] for pair in pairs), known, "tokens")
    found.confusion = Counter(pairs)
    return found


def _errors(examples: Examples, predicted: Tags, sentences: Sequence[str | None] | None) -> Iterator[LabelingError]:
    for example, tags, label in zip(examples, predicted, sentences or repeat(None), strict=False):
        right_label = example.label if sentences else None
        if (*example.tags, right_label) != (*tags, label):
            yield LabelingError(example.tokens, example.tags, tags, right_label, label)


def _names(sequences: Iterable[Sequence[str]]) -> Iterator[str]:
    """Labels without the prefixes of tags."""
    return ("O" if tag == "O" else tag[2:] or "_" for tag in chain.from_iterable(sequences))


def _unseen(what: str, counts: Counter[str], unit: str) -> list[str]:
    return [f"{what} that never occur in training, counted as errors ({unit}): {listed(counts)}"] if counts else []
