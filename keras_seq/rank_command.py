"""`keras-seq rank`: n-best lists, the best candidate first.

One candidate a line, a blank line between groups; `SCORE<TAB>TEXT` where another model, such as a recogniser, gave it a score.
"""

from __future__ import annotations

import math
from argparse import Namespace
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .datasets import BadRecord, InputError, lines
from .datasets.lines import source_name
from .model_options import check_writable, chunks, language_model_at, source, write_lines
from .pipelines import ScoredText
from .pipelines.scored_text import ranked
from .pipelines.strict_json import to_json

GROUPS = 50  # that are scored at once


class Candidate(NamedTuple):
    """A text and its first-pass score in nats, None where it has none."""

    text: str
    first: float | None


def rank(arguments: Namespace) -> None:
    """Scores all candidates, sorts each group."""
    check_writable(arguments.output)
    if not math.isfinite(arguments.weight):
        raise InputError(f"--weight {arguments.weight}: expected a finite number")
    model = language_model_at(arguments.model, exports=True)

    def results() -> Iterator[str]:
        between = False
        for several in chunks(groups(arguments.input), arguments.input, GROUPS):
            scored = iter(model.score([each.text for group in several for each in group], arguments.condition))
            for group in several:
                found = _sorted(group, [next(scored) for _ in group], arguments.weight)
                if arguments.json:
                    yield to_json({"candidates": [_plain(*each) for each in found]})
                    continue
                yield from [""] * between
                yield from (f"{total:.4f}\t{candidate.text}" for total, candidate, _ in found)
                between = True

    write_lines(arguments.output, results())


def groups(path: str) -> Iterator[list[Candidate]]:
    """The groups of a file; raises BadRecord for a group without candidates, and for a score that is no number."""
    stream = source(path)
    name, group, empty, none = source_name(stream), list[Candidate](), 0, True
    for number, line in lines(stream):
        if line.strip() and empty:
            break
        if line.strip():
            group.append(_candidate(name, number, line, group))
            none = False
        elif group:
            yield group
            group = []
        else:
            empty = empty or number  # no mistake at the end of a file
    else:
        if group:
            yield group
        if not (none and empty):
            return
    raise BadRecord(name, empty, "expected a candidate, got a blank line: one stands between two groups")


def _candidate(name: str, number: int, line: str, group: Sequence[Candidate]) -> Candidate:
    head, tab, text = line.partition("\t")
    if group and bool(tab) != (group[0].first is not None):
        found, before = ("a score", "none") if tab else ("no score", "one")
        raise BadRecord(name, number, f"{found}, but the group's first candidate has {before}: expected all or none")
    if not tab:
        return Candidate(line, None)
    try:
        first = float(head)
    except ValueError:
        first = math.nan
    if not math.isfinite(first):
        raise BadRecord(name, number, f"expected a number before the tab, the score in nats, got {head!r:.40}")
    return Candidate(text, first)


def _sorted(
    group: Sequence[Candidate], scored: Sequence[ScoredText], weight: float
) -> list[tuple[float, Candidate, ScoredText]]:
    """(what decides, the candidate, its score), the best first; equal ones in the order in which they came."""
    order = ranked([each.first or 0.0 for each in group], scored, weight)
    return [(total, group[place], scored[place]) for place, total in order]


def _plain(total: float, candidate: Candidate, scored: ScoredText) -> dict[str, object]:
    first = {} if candidate.first is None else {"first_score": candidate.first}
    return {"text": candidate.text, "total": total, **first, "log_probability": scored.log_probability}
