"""A split of labelled sequences as the columns of ids that `Batches` cuts: encoded a thousand examples at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np
import tensorflow as tf

from ..datasets import Examples, LabeledSequence, Ragged, RaggedWriter, check_examples
from ..layers import TokenEncoder
from .label_set import LabelSet

CHUNK = 1000


def token_columns(
    examples: Examples, encoder: TokenEncoder, labels: LabelSet | None = None, sentence_labels: Iterable[str] = ()
) -> dict[str, Ragged | np.ndarray]:
    """The encoder's features of each example; with `labels` also "labels", and "sentence" where it has names."""
    writers: defaultdict[str, RaggedWriter] = defaultdict(RaggedWriter)
    for chunk in chunks(examples):
        check_examples(chunk, LabeledSequence, "sequence labelling")
        lengths = np.array([len(example.tokens) for example in chunk], np.int64)
        tokens = tf.constant([token for example in chunk for token in example.tokens], tf.string)
        features = encoder(tf.RaggedTensor.from_row_lengths(tokens, lengths))
        values = {name: ids.values.numpy() for name, ids in features.items()}
        if labels:
            values["labels"] = np.concatenate([labels.encode(example.tags) for example in chunk])
        for name, column in values.items():
            writers[name].append(column, lengths)
    columns: dict[str, Ragged | np.ndarray] = {name: writer.finish() for name, writer in writers.items()}
    if sentence_labels:
        ids: dict[str | None, int] = {label: number for number, label in enumerate(sentence_labels)}
        columns["sentence"] = np.array([ids[example.label] for example in examples], np.int32)
    return columns


def chunks(examples: Iterable[LabeledSequence]) -> Iterator[list[LabeledSequence]]:
    """A thousand examples at a time."""
    rest = iter(examples)
    return iter(lambda: list(islice(rest, CHUNK)), [])
