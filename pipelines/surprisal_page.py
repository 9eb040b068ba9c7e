"""The surprise of texts as a page: each token the redder the less it was expected."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..datasets import write_file

if TYPE_CHECKING:
    from .scored_text import ScoredText

MOST_BITS = 16.0  # the surprise that gets the full colour

STYLE = (
    "body{font:20px/1.9 sans-serif;max-width:50em;margin:2em auto;padding:0 1em;color:#111;background:#fff}"
    "p{margin:.6em 0 0} small{color:#555} span{padding:.15em .1em;white-space:pre-wrap} .unknown{border-bottom:2px dotted}"
)


def surprisal_page(texts: Sequence[ScoredText], path: str | Path) -> None:
    """Writes the page: a paragraph for each text, the bits of a token when it is pointed at, unknown ones underlined.

    Args:
        texts: in the order of the page.
        path: of the file.

    Raises OSError where it cannot be written.

    Example: `surprisal_page(model.score(["the cat is small", "small is the cat"]), "surprise.html")`
    """
    head = f'<!doctype html><html><head><meta charset="utf-8"><title>Surprisal</title><style>{STYLE}</style></head>'
    write_file(path, f"{head}<body>\n{''.join(_paragraph(text) for text in texts)}</body></html>\n")


def _paragraph(text: ScoredText) -> str:
    letters = all(len(token) == 1 for token in text.tokens[:-1])
    marked = ("" if letters else " ").join(
        f'<span{"" if known else " class=unknown"} style="background:rgba(220,50,30,{_share(bits):.2f})" '
        f'title="{bits:.2f} bits">{html.escape(token)}</span>'
        for token, bits, known in zip(text.tokens, text.bits, text.known, strict=True)
    )
    said = f"log p {text.log_probability:.2f}, perplexity {text.perplexity:.1f}"
    return f"<p>{marked}<br><small>{said}</small></p>\n"


def _share(bits: float) -> float:
    """How much of the colour."""
    return 0.8 * min(bits / MOST_BITS, 1.0) if math.isfinite(bits) else 0.8
