"""What a labeller knows of the tokens of its training split: vocabularies, from which comes the encoder of tokens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
import tensorflow as tf

from ..datasets import Corpus
from ..layers import TextTokenizer, TokenEncoder, Vocabulary, fold, normalize, token_pairs, word_shapes
from .labeling_config import SequenceLabelerConfig
from .token_columns import CHUNK, chunks

SEEN_TWICE = 2  # shapes and pairs that occur once are unknown ones, so that the unknown one has learnt

Document = Mapping[str, Sequence[str] | None]


def learn_tokens(corpus: Corpus, config: SequenceLabelerConfig) -> tuple[TokenEncoder, Counter[str]]:
    """The encoder, and how often each word, folded as it is looked up, stands in the training split."""
    words, letters, shapes, pairs = (Counter[str]() for _ in range(4))
    for chunk in chunks(corpus.train):
        counts = Counter(token for example in chunk for token in example.tokens)
        normal = normalize(tf.constant(list(counts), tf.string))
        folded = fold(normal, config.lowercase, config.mask_digits)
        columns = (column.numpy() for column in (normal, folded, word_shapes(normal)))
        for token, word, shape, count in zip(*columns, counts.values(), strict=True):
            words[word.decode()] += count
            shapes[shape.decode()] += count
            letters.update(dict.fromkeys(token.decode(), count))
        if config.bigrams:
            pairs.update(_pairs([example.tokens for example in chunk], config))
    learnt = {
        "words": Vocabulary.learn(words, config.min_count) if config.words != "none" else Vocabulary([]),
        "characters": Vocabulary.learn(letters) if config.characters != "none" else None,
        "shapes": Vocabulary.learn(shapes, SEEN_TWICE) if config.shape else None,
        "bigrams": Vocabulary.learn(pairs, SEEN_TWICE) if config.bigrams else None,
    }
    return _encoder(learnt, config), words


def token_documents(encoder: TokenEncoder) -> dict[str, Any]:
    """The vocabularies of an encoder, as JSON."""
    kinds = {name: getattr(encoder, name) for name in ("words", "characters", "shapes", "bigrams")}
    return {name: kind.tokens[2:] if kind is not None else None for name, kind in kinds.items()}


def restored_encoder(documents: Document, config: SequenceLabelerConfig) -> TokenEncoder:
    """The encoder of which `token_documents` gave the vocabularies."""
    names = ("words", "characters", "shapes", "bigrams")
    return _encoder(
        {name: Vocabulary(kept) if (kept := documents[name]) is not None else None for name in names}, config
    )


def agreement(corpus: Corpus) -> float:
    """The share of training sentences, among the first thousand, whose own tokens the corpus' rule finds again in the text.

    Where it is low, `predict` on raw text meets other tokens than training did.
    """
    examples = list(islice(corpus.train, CHUNK))
    space = "" if corpus.tokens == "char" else " "
    found = TextTokenizer(corpus.tokens)([space.join(example.tokens) for example in examples]).text.to_list()
    flat = normalize(tf.constant([token for example in examples for token in example.tokens], tf.string)).numpy()
    ends = np.cumsum([len(example.tokens) for example in examples])
    own = [list(tokens) for tokens in np.split(flat, ends[:-1])]
    return sum(a == b for a, b in zip(found, own, strict=True)) / len(examples)


def reads_characters(corpus: Corpus) -> bool:
    """Whether nearly every token of the first thousand training sentences is one character."""
    lengths = [len(token) for example in islice(corpus.train, CHUNK) for token in example.tokens]
    return sum(length == 1 for length in lengths) > 0.95 * len(lengths)


def _encoder(vocabularies: Mapping[str, Any], c: SequenceLabelerConfig) -> TokenEncoder:
    return TokenEncoder(
        vocabularies["words"],
        vocabularies["characters"],
        c.lowercase,
        c.mask_digits,
        c.max_characters,
        vocabularies["shapes"],
        c.trigram_buckets if c.trigrams else 0,
        vocabularies["bigrams"],
    )


def _pairs(sentences: Sequence[Sequence[str]], c: SequenceLabelerConfig) -> list[str]:
    rows = tf.ragged.constant([list(tokens) for tokens in sentences], tf.string, ragged_rank=1)
    folded = fold(normalize(rows.values), c.lowercase, c.mask_digits)
    return [pair.decode() for pair in token_pairs(rows.with_values(folded)).values.numpy()]
