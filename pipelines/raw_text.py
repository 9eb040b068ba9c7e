"""Texts on their way into the serving graph and back, raw or in tokens: checked, grouped by length, with offsets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, ClassVar

from ..datasets import InputError
from .labeled_text import LabeledText, code_points
from .saved_model import SavedModelSession

BATCH_TEXTS = 128  # of one batch; where several labelings of each are wanted, so many in all
BATCH_CHARACTERS = 1 << 16  # of one batch, padding counted

OF_A_LABELING = (
    "labels",
    "probabilities",
    "span_probabilities",
    "probability",
)  # of the outputs, what is told of each one

Row = dict[str, Any]  # the name of an output -> its array


def label_texts(texts: str | Sequence[str], serve: Callable[[list[str]], Row], n_best: int | None = None) -> Any:
    """A `LabeledText` for one string, a list of them for several; `serve` gives the graph's outputs for a batch.

    With `n_best` the graph gives so many labelings of each text, and there is a list of them in the place of each one.
    Raises InputError for anything that is not a string or cannot be written in UTF-8.
    """
    checked = check_texts(texts)
    read, rows = _labeled_text if n_best is None else _labelings, answers(checked, serve, n_best or 1)
    results = [read(text, row, _offsets(text, row)) for text, row in zip(checked, rows, strict=True)]
    return results[0] if isinstance(texts, str) else results


def label_sentences(
    sentences: Iterable[Sequence[str]], blank: str, serve: Callable[[list[list[str]]], Row], n_best: int | None = None
) -> list[Any]:
    """A `LabeledText` for each sentence, of texts that are split already; `serve` gives the outputs for a batch of them.

    Args:
        sentences: N lists of tokens.
        blank: what stands between two tokens in the text that they make.
        serve, n_best: as in `label_texts`; nothing need be said of where a token stands.

    Raises InputError for a sentence that is no list of strings, and for what cannot be written in UTF-8.
    """
    checked = [_check_tokens(number, tokens) for number, tokens in enumerate(sentences)]
    texts = check_texts([blank.join(tokens) for tokens in checked])
    read = _labeled_text if n_best is None else _labelings
    found = zip(texts, answers(checked, serve, n_best or 1), checked, strict=True)
    return [read(text, row, _joined_offsets(tokens, len(blank))) for text, row, tokens in found]


def answers(texts: Sequence[Any], serve: Callable[[list[Any]], Row], each: int = 1) -> list[Row]:
    """What the graph says of each text, a row of its outputs; it is asked for batches of texts of like length.

    The batches are the smaller the more it says of `each` one: the best paths of a batch are searched side by side.
    """
    results: list[Row] = [{} for _ in texts]
    for rows in text_batches(texts, max(1, BATCH_TEXTS // each)):
        found = serve([texts[row] for row in rows])
        for place, row in enumerate(rows):
            results[row] = {name: value[place] for name, value in found.items()}
    return results


class ServedLabeler:
    """An exported labeller, run as a server runs it; `predict` answers as that of the pipeline it was made from.

    Args:
        source: what `export` wrote: a version, or the folder of versions; or a Session of it.

    Raises InputError where there is no SavedModel, or it is not that of a labeller.

    Example: `ServedLabeler("serving/ticket-desk").predict("我一月一号去郑州").spans`
    """

    outputs: ClassVar[set[str]] = {*OF_A_LABELING, "tokens", "starts", "ends", "lengths", "tagging"}

    def __init__(self, source: str | Path | SavedModelSession) -> None:
        self.session = source if isinstance(source, SavedModelSession) else SavedModelSession(source)
        if missing := self.outputs - self.session.outputs:
            path = self.session.path
            raise InputError(f"{path}: no output {min(missing)!r}, expected an exported sequence-labeling pipeline")

    def predict(self, texts: str | Sequence[str]) -> Any:
        """A `LabeledText` for one string, a list of them for several."""
        return label_texts(texts, self.session)


def check_texts(texts: str | Sequence[str]) -> list[str]:
    """One string or several, as a list; raises InputError for what is no string or cannot be written in UTF-8."""
    if not isinstance(texts, Iterable):
        raise InputError(f"expected a string or several, got {type(texts).__name__}")
    several = [texts] if isinstance(texts, str) else list(texts)
    for number, text in enumerate(several):
        if not isinstance(text, str):
            raise InputError(f"text {number}: expected a string, got {type(text).__name__}")
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise InputError(
                f"text {number}: character {error.start} is half a surrogate pair, expected text"
            ) from error
    return several


def _check_tokens(number: int, tokens: Any) -> list[str]:
    """The tokens as a list."""
    several = list(tokens) if isinstance(tokens, Iterable) else [tokens]
    if isinstance(tokens, str) or not all(isinstance(token, str) for token in several):
        raise InputError(f"sentence {number}: expected a list of tokens, got {tokens!r:.80}")
    return several


def text_batches(texts: Sequence[Any], most: int = BATCH_TEXTS) -> Iterator[list[int]]:
    """Row numbers of texts of like length, in batches of `most` texts, of fewer where they are long."""
    batch: list[int] = []
    for row in sorted(range(len(texts)), key=lambda row: len(texts[row])):
        if batch and (len(batch) == most or (len(batch) + 1) * len(texts[row]) > BATCH_CHARACTERS):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def _offsets(text: str, found: Row) -> list[tuple[int, int]]:
    """The places of the tokens in code points, from bytes."""
    length = int(found["lengths"])
    starts, ends = (code_points(text, found[name][:length]) for name in ("starts", "ends"))
    return list(zip(starts, ends, strict=True))


def _joined_offsets(tokens: Sequence[str], blank: int) -> list[tuple[int, int]]:
    """The places of tokens with so many characters between them."""
    starts = accumulate((len(token) + blank for token in tokens), initial=0)
    return [(start, start + len(token)) for start, token in zip(starts, tokens, strict=False)]


def _labeled_text(text: str, found: Row, offsets: list[tuple[int, int]]) -> LabeledText:
    """One row of the serving graph's outputs in the user's terms."""
    length = int(found["lengths"])
    whole = "sentence_label" in found
    return LabeledText(
        text=text,
        tokens=[text[start:end] for start, end in offsets],
        labels=[label.decode() for label in found["labels"][:length]],
        probabilities=[float(p) for p in found["probabilities"][:length]],
        span_probabilities=[float(p) for p in found["span_probabilities"][:length]],
        offsets=offsets,
        probability=float(found["probability"]),
        tagging=found["tagging"].decode(),
        label=found["sentence_label"].decode() if whole else None,
        label_probability=float(found["sentence_probability"]) if whole else None,
    )


def _labelings(text: str, found: Row, offsets: list[tuple[int, int]]) -> list[LabeledText]:
    """The labelings of a row, the best first; tags that a network put out and that read alike make one, the first."""
    rows = (
        {name: value[place] if name in OF_A_LABELING else value for name, value in found.items()}
        for place in found["possible"].nonzero()[0]
    )
    labelings: dict[tuple[str, ...], LabeledText] = {}
    for labeled in (_labeled_text(text, row, offsets) for row in rows):
        labelings.setdefault(tuple(labeled.labels), labeled)
    return list(labelings.values())
