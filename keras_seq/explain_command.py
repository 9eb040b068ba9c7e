"""`keras-seq explain`: which words each label of a text rests on."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from .corpus_options import given, refuse
from .datasets import InputError
from .model_options import check_writable, single_text, texts_of, warn_of_cut, write_lines
from .pipelines import Classifier, SequenceLabeler, TextExplanation, explanation_page, load
from .pipelines.strict_json import to_json


def explain(arguments: Namespace) -> None:
    """A line of text each: in colours to a person at a terminal, in words elsewhere; also as a page or a picture."""
    for path in (arguments.output, arguments.html, arguments.png):
        check_writable(path)
    model = load(arguments.model)
    if not isinstance(model, Classifier | SequenceLabeler):
        raise InputError(
            f"{arguments.model}: a pipeline of task {model.task}, expected classification or sequence-labeling"
        )
    if isinstance(model, SequenceLabeler):
        refuse(arguments, ("method", "label", "png"), f"with {model.task}: expected it with classification alone")
    how = given(arguments, ("method", "label"))
    texts = single_text(arguments.input) if arguments.png else texts_of(arguments.input)
    kept: list[Any] = []
    truncated = 0

    def explanations() -> Iterator[Any]:
        nonlocal truncated
        for text in texts:
            found = model.explain(text, **how)
            truncated += getattr(found, "truncated", False)
            kept.extend([found] if arguments.html or arguments.png else [])
            yield found

    if sys.stdout.isatty() and arguments.output == "-" and not arguments.json:
        for number, found in enumerate(explanations()):
            _show(found, number)
    else:
        write_lines(arguments.output, _lines(explanations(), arguments.json))
    if arguments.html:
        explanation_page(kept, arguments.html)
    if arguments.png:
        kept[0].png(arguments.png)
    warn_of_cut(truncated)


def _show(explanation: Any, number: int) -> None:
    if isinstance(explanation, TextExplanation):
        explanation.terminal()
    else:
        print("\n" * bool(number) + (str(explanation) or "-"), flush=True)


def _lines(explanations: Iterator[Any], as_json: bool) -> Iterator[str]:
    """Of a classifier a line for each text, of a labeller one for each span, and a blank line between texts."""
    for number, found in enumerate(explanations):
        if as_json:
            yield to_json(found.as_dict())
            continue
        if number and not isinstance(found, TextExplanation):
            yield ""
        yield str(found) or "-"
