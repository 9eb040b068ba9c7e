"""Explanations of texts as a page: what a label rests on in red, what speaks against it in blue."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from ..datasets import write_file

STYLE = (
    "body{font:18px/1.9 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#111;background:#fff}"
    "p,p span{white-space:pre-wrap} th{text-align:right;padding:.4em 1em} td span{padding:.15em} h3{margin-bottom:0}"
)


class Section(Protocol):
    """A text with its explanation: a `TextExplanation` or an `Explanation`."""

    def section(self) -> str: ...


def explanation_page(explanations: Sequence[Section], path: str | Path) -> None:
    """Writes the page: a section for each text, the effect of a token when it is pointed at.

    Args:
        explanations: in the order of the page.
        path: of the file.

    Raises OSError where it cannot be written.

    Example: `explanation_page([model.explain(text) for text in texts], "why.html")`
    """
    head = f'<!doctype html><html><head><meta charset="utf-8"><title>keras-seq</title><style>{STYLE}</style></head>'
    sections = "".join(f"{each.section()}\n" for each in explanations)
    write_file(path, f"{head}<body>\n{sections}</body></html>\n")
