"""Which parts of a text its label rests on, and which speak against it, as words, a page or a picture."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.text import Text as RichText

from .explanation_page import explanation_page
from .pictures import coloured_tokens

FOR, AGAINST = (220, 50, 30), (33, 102, 172)  # red and blue, which every eye tells apart
UNITS = {"gradient": "nats", "occlusion": "probability", "attention": "weight"}  # of the effects

CUT = "read no further than its beginning"


@dataclass(frozen=True)
class TextExplanation:
    """effects (T,): how much each token of a text speaks for a label; below 0, how much against it.

    Args:
        text: as it was given.
        tokens: (T) what was read of it; as the user wrote them where they are words, letters or pieces otherwise.
        effects: by gradient × input, in nats: what log p loses with the token, as far as it is linear; by occlusion: the
            probability that is lost where the token is unknown; by attention: the token's share, never below 0.
        label: which one is explained.
        method: "gradient", "occlusion" or "attention".
        offsets: (T) code points [start, end) of each token in the text; empty where tokens are letters or pieces.
        truncated: whether the text was longer than what is read, so that its end did not count.

    `str(explanation)` names the strongest.
    """

    text: str
    tokens: list[str]
    effects: NDArray[np.float64]
    label: str
    method: str
    offsets: list[tuple[int, int]] = field(repr=False, default_factory=list)
    truncated: bool = False

    def strongest(self, most: int = 3) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
        """(token, effect) of those that speak for the label, and of those against it, the strongest first."""
        order = np.argsort(-self.effects, kind="stable")
        pairs = [(self.tokens[i], float(self.effects[i])) for i in order]
        against = [pair for pair in reversed(pairs) if pair[1] < 0]
        return [pair for pair in pairs if pair[1] > 0][:most], against[:most]

    def __str__(self) -> str:
        because, against = (
            ", ".join(f"{token} {effect:+.2f}" for token, effect in pairs if abs(effect) >= 0.005)
            for pairs in self.strongest()
        )
        rest = f"; against it: {against}" if against else ""
        return f"{self.label}, because of: {because or 'no single token'}{rest}{f'; {CUT}' * self.truncated}"

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "text": self.text,
            "label": self.label,
            "method": self.method,
            "tokens": self.tokens,
            "effects": self.effects.tolist(),
            "offsets": [list(each) for each in self.offsets],
            "truncated": self.truncated,
        }

    def terminal(self, console: Console | None = None) -> None:
        """Prints the text in colours: on red what speaks for the label, on blue what speaks against it."""
        written = RichText(f"{self.label}: ", style="bold")
        for part, effect in self._parts():
            share = self._share(effect)
            written.append(part, style=_shade(effect, share) if share else "not bold")
        if self.truncated:
            written.append(f" ({CUT})", style="not bold italic")
        (console or Console()).print(written, soft_wrap=True)

    def section(self) -> str:
        """The text in the same colours, as a part of a page."""
        marked = "".join(
            html.escape(part) if effect is None else _marked(part, effect, self._share(effect))
            for part, effect in self._parts()
        )
        legend = f"{_marked('for', 1, 0.8)} {_marked('against', -1, 0.8)}, by {self.method}, {UNITS[self.method]}"
        legend += f"; {CUT}" * self.truncated
        return f"<h3>{html.escape(self.label)}</h3><p>{marked}</p><small>{legend}</small>"

    def html(self, path: str | Path) -> None:
        """Writes a page: the text in the same colours, the effect of a token when it is pointed at."""
        explanation_page([self], path)

    def png(self, path: str | Path) -> None:
        """Draws the same as a picture, with a scale."""
        most = float(np.abs(self.effects).max(initial=0)) or 1.0
        coloured_tokens(self.tokens, self.effects.tolist(), most, path, -most, "RdBu_r", UNITS[self.method])

    def _share(self, effect: float | None) -> float:
        """Of the colour; the strongest token has all of it."""
        most = float(np.abs(self.effects).max(initial=0))
        return abs(effect) / most if effect and most else 0.0

    def _parts(self) -> Sequence[tuple[str, float | None]]:
        """The text piece by piece, with the effect of those that are tokens."""
        parts: list[tuple[str, float | None]] = []
        if not self.offsets:
            blank = "" if all(len(token) == 1 for token in self.tokens) else " "
            for token, effect in zip(self.tokens, self.effects, strict=True):
                parts += [(token, float(effect)), (blank, None)]
            return parts[:-1]
        place = 0
        for (start, end), effect in zip(self.offsets, self.effects, strict=True):
            parts += [(self.text[place:start], None), (self.text[start:end], float(effect))]
            place = end
        return [*parts, (self.text[place:], None)]


def _shade(effect: float | None, share: float) -> str:
    """A style of rich: the ground is the deeper the greater the share."""
    colour = FOR if (effect or 0) > 0 else AGAINST
    red, green, blue = (round(255 - share * (255 - each)) for each in colour)
    return f"not bold {'white' if share > 0.6 else 'black'} on rgb({red},{green},{blue})"


def _marked(part: str, effect: float, share: float) -> str:
    red, green, blue = FOR if effect > 0 else AGAINST
    ground = f"rgba({red},{green},{blue},{0.85 * share:.2f})"
    return f'<span style="background:{ground}" title="{effect:+.3f}">{html.escape(part)}</span>'
