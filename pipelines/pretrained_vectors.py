"""Word vectors of others for the words of a vocabulary: where a network may start, and how far that reaches.

References: Collobert et al., Natural language processing (almost) from scratch, 2011; Kim, Convolutional neural networks for
sentence classification, 2014 (words without a vector start with the variance of the others: `TokenEmbedding.start_from`).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..datasets import InputError
from ..datasets.word_vectors import read_vectors

logger = logging.getLogger(__name__)


class VectorStart(NamedTuple):
    """Words that have a vector in a file: their ids (N,), and the vectors (N, E)."""

    ids: NDArray[np.int64]
    vectors: NDArray[np.float32]


def vectors_for(
    words: Sequence[str], counts: Mapping[str, int], path: str, units: int, special: int = 2
) -> VectorStart:
    """The vectors of a file for the words of a vocabulary; a word that is not in it is tried in lower case too.

    The log says which share of the vocabulary, and of the tokens of training, has one.

    Args:
        words: (V) of the vocabulary, in the order of their ids.
        counts: how often each stands in training.
        path: of the file.
        units: E, as the network has it.
        special: how many of the first words are none, such as padding and unknown: they have no vector in a file.

    Raises InputError where the vectors have another size, or no word of the vocabulary has one.
    """
    own = words[special:]
    found = read_vectors(path, {form for word in own for form in (word, word.lower())})
    if found.vectors.shape[1] != units:
        raise InputError(f"vectors={path}: {found.vectors.shape[1]} numbers a word, expected embedding_dim={units}")
    rows = {word: row for row, word in enumerate(found.words)}
    places = np.array([*[-1] * special, *(rows.get(word, rows.get(word.lower(), -1)) for word in own)])
    ids = np.flatnonzero(places >= 0)
    if not len(ids):
        raise InputError(f"vectors={path}: none for the {len(own)} words of training, expected some")
    tokens = sum(counts[words[number]] for number in ids.tolist()) / sum(counts.values())
    share = len(ids) / len(own)
    logger.info("vectors for %.1f %% of the vocabulary, %.1f %% of the tokens", 100 * share, 100 * tokens)
    return VectorStart(ids, found.vectors[places[ids]])
