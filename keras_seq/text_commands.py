"""`keras-seq predict` and `score`: a line of text in, a line out."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from itertools import islice
from typing import Any

from .corpus_options import refuse
from .datasets import InputError, lines
from .model_options import check_writable, chunks, language_model_at, model_at, of_text, source, write_lines
from .pipelines import LabeledText, ScoredText
from .pipelines.strict_json import to_json
from .pipelines.surprisal_page import surprisal_page


def predict(arguments: Namespace) -> None:
    """What a model or an export says of each line."""
    check_writable(arguments.output)
    model = model_at(arguments.model)
    texts = chunks(_texts(arguments.input), arguments.input)
    results = (result for chunk in texts for result in model.predict(chunk))
    write_lines(arguments.output, (_line(result, arguments.json) for result in results))


def score(arguments: Namespace) -> None:
    """The log-probability of each line, and its surprise as a page or a picture."""
    for path in (arguments.output, arguments.html, arguments.png):
        check_writable(path)
    model = language_model_at(arguments.model, exports=True)
    if not of_text(model):
        refuse(arguments, ("html", "png"), "with a model of music: expected a model of text")
    texts = _single(arguments.input) if arguments.png else _texts(arguments.input)
    drawn: list[ScoredText] = []

    def results() -> Iterator[str]:
        for chunk in chunks(texts, arguments.input):
            found = model.score(chunk, arguments.condition)
            drawn.extend(found if arguments.html or arguments.png else ())
            yield from (_line(result, arguments.json) for result in found)

    write_lines(arguments.output, results())
    if arguments.html:
        surprisal_page(drawn, arguments.html)
    if arguments.png:
        drawn[0].png(arguments.png)


def _line(result: Any, as_json: bool) -> str:
    if as_json:
        return to_json(result.as_dict())
    return f"{result.text}\t{result}" if isinstance(result, LabeledText) else str(result)


def _texts(path: str) -> Iterator[str]:
    return (text for _, text in lines(source(path)))


def _single(path: str) -> Iterator[str]:
    """The one text that a picture shows; raises InputError for none or several."""
    found = list(islice(_texts(path), 2))
    if len(found) != 1:
        got = "none" if not found else "several"
        raise InputError(f"--png draws one text, got {got}: expected one line, or --html, which draws all")
    return iter(found)
