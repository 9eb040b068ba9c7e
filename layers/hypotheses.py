"""What a search for sequences finds."""

from typing import Any, NamedTuple


class Hypotheses(NamedTuple):
    """The n best sequences of each row, the best first. Where there are fewer, the rest have length 0 and log p = -inf.

    tokens: (B, n, L) of int32, the end among them, 0 after it.
    lengths: (B, n) of int32, the end counted.
    log_p: (B, n), the sum over all tokens, natural log.
    scores: (B, n), what they are ordered by.
    finished: (B, n) of bool; False where the limit came before the end.
    weights: attention (B, n, L, S), 0 after the end; None where it was not asked for.
    """

    tokens: Any
    lengths: Any
    log_p: Any
    scores: Any
    finished: Any
    weights: Any = None
