"""What every kind of language model asks of the text."""

from __future__ import annotations

from dataclasses import dataclass

from .config import option


@dataclass(frozen=True)
class TextOptions:
    """How text becomes tokens."""

    text_unit: str = option(
        "token",
        "what is predicted: the corpus' tokens, characters, or learnt pieces of words",
        ("token", "character", "subword"),
    )
    lowercase: bool = option(False, "whether text is read in lower case")
    min_count: int = option(1, "how often a token must occur in training to be in the vocabulary", low=1)
    max_vocabulary: int = option(
        0, "the most tokens of the vocabulary, or pieces to learn; 0: no limit, 4000 pieces", low=0
    )
