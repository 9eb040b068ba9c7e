"""ARPA files as backoff models and back.

An n-gram that a file lacks, but whose words begin or end a longer one, becomes a row without a probability.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from ..datasets.arpa import ZERO, Arpa, ArpaTable
from .backoff_model import BackoffModel, BackoffTable, effective
from .ngram_counts import numbered_ngrams

SPECIAL = ("<s>", "<unk>", "</s>")  # the spelling of ids 0, 1, 2


def to_arpa(model: BackoffModel, words: Sequence[str], spelling: Mapping[str, str] | None = None) -> Arpa:
    """What `write_arpa` writes: the same log-probability for every word after every context.

    A row without a probability gets what backing off gives it, or is left out where nothing needs it.

    Args:
        model: V ids.
        words: the word of each id, V of them; ids 0, 1, 2 are spelt <s>, <unk>, </s> whatever stands there.
        spelling: how to spell a word otherwise, such as {"<unk>": "<UNKNOWN>"} where the corpus has <unk> as a word.

    Raises ValueError for two ids of one spelling, another number of words, and for a model that the format cannot say:
    stupid backoff, whose weight is for contexts that are not there, too.
    """
    if model.log_missing:
        raise ValueError(
            "to_arpa: the model backs off at a price from contexts that are not there; ARPA cannot say that"
        )
    if len(words) != model.vocabulary_size:
        raise ValueError(f"to_arpa: {len(words)} words, expected {model.vocabulary_size}, one for each id of the model")
    keep = _needed(model.tables)
    size, ids, tables = model.vocabulary_size, np.arange(model.vocabulary_size)[:, None], []
    for k, (table, logs) in enumerate(zip(model.tables, effective(model.tables), strict=True)):
        if k:
            ids = np.concatenate([ids[table.keys // size], (table.keys % size)[:, None]], axis=1)
        numbers = (_log10(x[keep[k]]) if len(x) else x for x in (np.minimum(logs, 0), table.log_backoff))
        tables.append(ArpaTable(ids[keep[k]].astype(np.int32), *numbers))
    while len(tables) > 1 and not len(tables[-1].words) and not tables[-2].log10_backoff.any():
        tables = [*tables[:-2], tables[-2]._replace(log10_backoff=np.zeros(0))]
    return Arpa(tuple(_spelt(words, spelling or {})), tuple(tables))


def arpa_words(arpa: Arpa, spelling: Mapping[str, str] | None = None) -> list[str]:
    """The word of each id of a model that takes its vocabulary from the file; `spelling` as for `to_arpa`."""
    back = {spelt: word for word, spelt in (spelling or {}).items()}
    return [*SPECIAL, *(back.get(word, word) for word in arpa.words if word not in SPECIAL)]


def from_arpa(arpa: Arpa, words: Sequence[str], spelling: Mapping[str, str] | None = None) -> BackoffModel:
    """The model of what `read_arpa` read.

    Args:
        arpa: its 1-grams are the words, in any order; <s> and <unk> may lack, and have the probability 0 then.
        words, spelling: as for `to_arpa`; `arpa_words` gives those of the file itself.

    Raises ValueError for two ids of one spelling, and for a word that only one of the file and `words` has.
    """
    numbers = {word: i for i, word in enumerate(_spelt(words, spelling or {}))}
    known = {*arpa.words, *SPECIAL[:2]}
    lacking = [word for word in numbers if word not in known]
    strange = [word for word in arpa.words if word not in numbers]
    if lacking or strange:
        raise ValueError(
            f"from_arpa: {len(lacking)} words are not in the file and {len(strange)} of the file are not among the words, "
            f"expected the same words; the first is {(lacking + strange)[0]!r}"
        )
    to_id = np.array([numbers[word] for word in arpa.words], np.int64)
    grams = [to_id[table.words] for table in arpa.tables]
    depth = np.concatenate([np.tile(np.arange(k), len(ids)) for k, ids in enumerate(grams, 1)])
    tokens = np.concatenate([ids.ravel() for ids in grams])
    numbered = numbered_ngrams(tokens, depth, len(grams), len(words))
    tables, start = [], 0
    for k, (table, (counted, rows)) in enumerate(zip(arpa.tables, numbered, strict=True), 1):
        at = rows[start + k - 1 : start + k * len(table.words) : k]  # of each n-gram, by where its last word stands
        start += k * len(table.words)
        logs = np.full(len(counted.keys), -np.inf if k == 1 else np.nan)
        logs[at] = _natural(table.log10_probability)
        weights = np.zeros(len(counted.keys) if k < len(grams) else 0)
        weights[at[: len(table.log10_backoff)]] = _natural(table.log10_backoff)
        tables.append(BackoffTable(counted.keys, counted.suffix, logs, weights))
    return BackoffModel(tables)


def _spelt(words, spelling):
    """The spelling of each id; raises ValueError where two are the same."""
    spelt = [*SPECIAL, *(spelling.get(word, word) for word in words[len(SPECIAL) :])]
    first: dict[str, int] = {}
    for i, word in enumerate(spelt):
        if first.setdefault(word, i) != i:
            raise ValueError(
                f"ARPA: ids {first[word]} and {i} are both spelt {word!r}, expected different words; "
                "spelling={word: another} spells one otherwise"
            )
    return spelt


def _needed(tables):
    """Which rows of each order the file must have: all but contexts only, of nothing that is needed, at no price."""
    size = len(tables[0].keys)
    keep: list[np.ndarray] = []
    above = np.zeros(0, np.int64)
    for table in reversed(tables):
        needed = ~np.isnan(table.log_probability)
        needed[: len(table.log_backoff)] |= table.log_backoff != 0
        needed[above] = True
        above = table.keys[needed] // size
        keep.insert(0, needed)
    return keep


def _log10(logs):
    return np.maximum(logs / math.log(10), ZERO)


def _natural(log10):
    return np.where(log10 <= ZERO, -np.inf, log10 * math.log(10))
