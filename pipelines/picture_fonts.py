"""Fonts for pictures with words in them: matplotlib takes each letter from the first of several that has it."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterable, Iterator

from .pictures import FONTS

logger = logging.getLogger(__name__)

LAST_RESORT = "Last Resort"  # matplotlib's own: it has a box for every letter


def fonts_for(texts: Iterable[str]) -> list[str]:
    """Families of fonts of this machine that together have every letter of some texts, the preferred ones first.

    Logs a warning of letters that none of them has.
    """
    from matplotlib.font_manager import get_font

    missing, families = {letter for text in texts for letter in text}, []
    for family, path in _fonts():
        if not missing:
            break
        if found := {letter for letter in missing if get_font(path).get_char_index(ord(letter))}:
            families.append(family)
            missing -= found
    if missing:
        logger.warning("no font of this machine has %s: expected one such as Noto Sans CJK", "".join(sorted(missing)))
    return [*families, "monospace"]


@contextlib.contextmanager
def quiet_fonts() -> Iterator[None]:
    """matplotlib warns of each letter that it lacks, and of fonts that are a little bold."""
    theirs = logging.getLogger("matplotlib.font_manager")
    before, theirs.disabled = theirs.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Glyph .* missing from font")
            yield
    finally:
        theirs.disabled = before


def _fonts() -> Iterator[tuple[str, str]]:
    """Families and files: the preferred ones, all others, those that were installed since matplotlib last looked."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    known = {font.name: font.fname for font in reversed(fontManager.ttflist) if LAST_RESORT not in font.name}
    yield from ((family, known[family]) for family in FONTS if family in known)
    yield from ((family, path) for family, path in known.items() if family not in FONTS)
    files = {font.fname for font in fontManager.ttflist}
    for path in sorted(set(findSystemFonts()) - files):
        fontManager.addfont(path)
        yield fontManager.ttflist[-1].name, path
