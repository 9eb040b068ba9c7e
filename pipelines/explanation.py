"""Why a label: how much less probable it becomes when one token of the text is hidden (occlusion; Zeiler & Fergus, 2014)."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..datasets import Span
from ..layers import UNKNOWN
from .explanation_page import explanation_page
from .labeled_text import label_spans


@dataclass(frozen=True)
class Explanation:
    """effects (T, T): row i, column j: p(label of j) in the whole text less p(the same label of j) with token i unknown.

    A large value says that token j has its label because of token i; a negative one, that token i speaks against it.
    """

    text: str
    tokens: list[str]
    labels: list[str]
    effects: NDArray[np.float64]
    tagging: str = "spans"

    def reasons(self, span: Span) -> list[tuple[str, float]]:
        """(token, effect on the span's mean probability) of every token, the strongest first."""
        effects = self._effects(span)
        return [(self.tokens[i], float(effects[i])) for i in np.argsort(-effects, kind="stable")]

    def __str__(self) -> str:
        lines = []
        for span in label_spans(self.labels, self.tagging):
            name = self._join(span.start, span.end)
            reasons = [f"{token} {effect:+.2f}" for token, effect in self.reasons(span)[:3] if effect >= 0.005]
            lines.append(f"{name} = {span.label}, because of: {', '.join(reasons) or 'no single token'}")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON: of each span its label, its tokens [start, end), and the effects of all tokens on it."""
        spans = [
            {"label": span.label, "start": span.start, "end": span.end, "effects": self._effects(span).tolist()}
            for span in label_spans(self.labels, self.tagging)
        ]
        return {"text": self.text, "tokens": self.tokens, "labels": self.labels, "spans": spans}

    def section(self) -> str:
        """A table, as a part of a page: for each span the text, each token the redder the more the label rests on it."""
        rows = []
        for span in label_spans(self.labels, self.tagging):
            marked = " ".join(
                f'<span style="background:rgba(220,50,30,{np.clip(effect, 0, 1):.2f})" title="{effect:+.3f}">'
                f"{html.escape(token)}</span>"
                for token, effect in zip(self.tokens, self._effects(span), strict=True)
            )
            head = f"{html.escape(self._join(span.start, span.end))} = {html.escape(span.label)}"
            rows.append(f"<tr><th>{head}</th><td>{marked}</td></tr>")
        return f"<table>{''.join(rows)}</table>"

    def html(self, path: str | Path) -> None:
        """Writes a page: for each span the text, each token the redder the more the label rests on it."""
        explanation_page([self], path)

    def _effects(self, span: Span) -> NDArray[np.float64]:
        """(T,), on the span's mean probability."""
        effects: NDArray[np.float64] = self.effects[:, span.start : span.end].mean(axis=1)
        return effects

    def _join(self, first: int, last: int) -> str:
        tokens = self.tokens[first:last]
        return ("" if all(len(token) == 1 for token in self.tokens) else " ").join(tokens)


HIDDEN = {"words": UNKNOWN, "shapes": UNKNOWN, "bigrams": UNKNOWN}  # of letters and trigrams there are none


def hidden_features(ids: Mapping[str, NDArray[np.int32]], places: NDArray[np.int64]) -> dict[str, NDArray[np.int32]]:
    """One text's features (T, ...) as R rows (R, T, ...), in each of which one token is unknown; one whole row of none.

    Args:
        ids: what the encoder gives of the tokens.
        places: (R,) of the tokens to hide. Its neighbours' pairs with a hidden token are unknown too.
    """
    rows = np.arange(len(places))
    features = {name: np.repeat(value[None], max(1, len(places)), axis=0) for name, value in ids.items()}
    for name, value in features.items():
        value[rows, places] = HIDDEN.get(name, 0)
    if (pairs := features.get("bigrams")) is not None:
        followed, preceded = places < pairs.shape[1] - 1, places > 0
        pairs[rows[followed], places[followed] + 1, 0] = UNKNOWN
        pairs[rows[preceded], places[preceded] - 1, 1] = UNKNOWN
    return features
