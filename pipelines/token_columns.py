"""A split of labelled sequences as the columns of ids that `Batches` cuts: encoded a thousand examples at a time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import tensorflow as tf

from ..datasets import Corpus, Examples, LabeledSequence, Ragged, RaggedWriter, check_examples
from ..layers import TextTokenizer, TokenEncoder, Vocabulary, fold, normalize
from .label_set import LabelSet

CHUNK = 1000


def learn_vocabularies(corpus: Corpus, config: Any) -> tuple[Vocabulary, Vocabulary | None, float]:
    """(words, characters or None, agreement) of the training split.

    `agreement` is the share of training sentences, among the first thousand, whose own tokens the corpus' rule finds again
    in the plain text: where it is low, `predict` on raw text meets other tokens than training did.
    """
    counts: Counter[str] = Counter()
    letters: Counter[str] = Counter()
    for chunk in _chunks(corpus.train):
        tokens = Counter(token for example in chunk for token in example.tokens)
        normal = normalize(tf.constant(list(tokens)))
        folded = fold(normal, config.lowercase, config.mask_digits).numpy()
        for form, token, count in zip(folded, normal.numpy(), tokens.values(), strict=True):
            counts[form.decode()] += count
            letters.update(dict.fromkeys(token.decode(), count))
    words = Vocabulary.learn(counts, config.min_count)
    characters = Vocabulary.learn(letters) if config.characters else None
    return words, characters, _agreement(corpus)


def _agreement(corpus: Corpus) -> float:
    examples = list(islice(corpus.train, CHUNK))
    space = "" if corpus.tokens == "char" else " "
    found = TextTokenizer(corpus.tokens)([space.join(example.tokens) for example in examples]).text.to_list()
    flat = normalize(tf.constant([token for example in examples for token in example.tokens])).numpy()
    ends = np.cumsum([len(example.tokens) for example in examples])
    own = [list(tokens) for tokens in np.split(flat, ends[:-1])]
    return sum(a == b for a, b in zip(found, own, strict=True)) / len(examples)


def token_columns(
    examples: Examples, encoder: TokenEncoder, labels: LabelSet | None = None, sentence_labels: Iterable[str] = ()
) -> dict[str, Ragged | np.ndarray]:
    """words (and characters) of each example; with `labels` also "labels", and "sentence" where it has names."""
    writers: defaultdict[str, RaggedWriter] = defaultdict(RaggedWriter)
    for chunk in _chunks(examples):
        check_examples(chunk, LabeledSequence, "sequence labelling")
        lengths = np.array([len(example.tokens) for example in chunk], np.int64)
        features = encoder(tf.constant([token for example in chunk for token in example.tokens]))
        values = {name: ids.numpy() for name, ids in features.items()}
        if labels:
            values["labels"] = np.concatenate([labels.encode(example.tags) for example in chunk])
        for name, column in values.items():
            writers[name].append(column, lengths)
    columns: dict[str, Ragged | np.ndarray] = {name: writer.finish() for name, writer in writers.items()}
    if sentence_labels:
        ids: dict[str | None, int] = {label: number for number, label in enumerate(sentence_labels)}
        columns["sentence"] = np.array([ids[example.label] for example in examples], np.int32)
    return columns


def _chunks(examples: Iterable[LabeledSequence]) -> Iterator[list[LabeledSequence]]:
    rest = iter(examples)
    return iter(lambda: list(islice(rest, CHUNK)), [])
