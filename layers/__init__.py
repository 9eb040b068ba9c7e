"""The mathematics, as Keras layers: text to ids, embeddings, cells, recurrence, attention, conditional random field.

What reads strings is imported when it is first used: it needs TensorFlow, and the rest runs where there is none.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .adaptive_softmax import AdaptiveSoftmax
from .attention import Attention
from .attention_pooling import AttentionPooling
from .backoff_model import BackoffModel
from .beam_scores import Penalties
from .beam_search import beam_search
from .bernoulli_loss import BernoulliLoss, bernoulli_nll
from .bidirectional import Bidirectional
from .cell import Cell
from .cells import CELLS
from .chain_posterior import ChainPosterior
from .character_convolution import CharacterConvolution
from .character_recurrence import CharacterRecurrence
from .crf import CRF
from .decoder import Decoder, Source
from .elman import ElmanCell
from .greedy_search import greedy_search
from .gru import GRUCell
from .hypotheses import Hypotheses
from .jordan import JordanCell
from .k_best import best_paths
from .keras_weights import from_keras, to_keras
from .kneser_ney import kneser_ney
from .label_softmax import LabelSoftmax
from .linear_chain import log_partition, marginals, path_score, viterbi
from .linear_cross_entropy import linear_cross_entropy
from .lstm import LSTMCell
from .masked_max_pooling import MaskedMaxPooling
from .masked_mean_pooling import MaskedMeanPooling
from .ngram_counts import count_ngrams, with_borders
from .ngram_estimators import ESTIMATORS
from .ngram_logits import NgramLogits
from .ngram_pruning import prune_by_count, prune_by_entropy
from .one_hot import OneHot
from .pair_embedding import PairEmbedding
from .position_embedding import PositionEmbedding
from .recurrence import Recurrence
from .recurrent_dropout import RecurrentDropout
from .sampling import sample
from .scores import SCORES
from .self_attention import SelfAttention
from .sequence_loss import IGNORED, SequenceLoss
from .side_by_side import SideBySide
from .stack import Stack
from .token_dropout import PADDING, UNKNOWN, TokenDropout
from .token_embedding import TokenEmbedding
from .vocabulary_softmax import VocabularySoftmax
from .window import Window

if TYPE_CHECKING:
    from .arpa_model import arpa_words, from_arpa, to_arpa
    from .ngram_lookup import NgramLookup
    from .text_bigrams import token_pairs
    from .text_encoder import TokenEncoder, fold
    from .text_shape import word_shapes
    from .text_tokenizer import RULES, TextTokenizer, Tokens, normalize
    from .text_units import END, END_ID, START_ID, UNITS, UNKNOWN_ID, TextUnits
    from .text_vocabulary import Vocabulary

__all__ = [
    "CELLS",
    "CRF",
    "END",
    "END_ID",
    "ESTIMATORS",
    "IGNORED",
    "PADDING",
    "RULES",
    "SCORES",
    "START_ID",
    "UNITS",
    "UNKNOWN",
    "UNKNOWN_ID",
    "AdaptiveSoftmax",
    "Attention",
    "AttentionPooling",
    "BackoffModel",
    "BernoulliLoss",
    "Bidirectional",
    "Cell",
    "ChainPosterior",
    "CharacterConvolution",
    "CharacterRecurrence",
    "Decoder",
    "ElmanCell",
    "GRUCell",
    "Hypotheses",
    "JordanCell",
    "LSTMCell",
    "LabelSoftmax",
    "MaskedMaxPooling",
    "MaskedMeanPooling",
    "NgramLogits",
    "NgramLookup",
    "OneHot",
    "PairEmbedding",
    "Penalties",
    "PositionEmbedding",
    "Recurrence",
    "RecurrentDropout",
    "SelfAttention",
    "SequenceLoss",
    "SideBySide",
    "Source",
    "Stack",
    "TextTokenizer",
    "TextUnits",
    "TokenDropout",
    "TokenEmbedding",
    "TokenEncoder",
    "Tokens",
    "Vocabulary",
    "VocabularySoftmax",
    "Window",
    "arpa_words",
    "beam_search",
    "bernoulli_nll",
    "best_paths",
    "count_ngrams",
    "fold",
    "from_arpa",
    "from_keras",
    "greedy_search",
    "kneser_ney",
    "linear_cross_entropy",
    "log_partition",
    "marginals",
    "normalize",
    "path_score",
    "prune_by_count",
    "prune_by_entropy",
    "sample",
    "to_arpa",
    "to_keras",
    "token_pairs",
    "viterbi",
    "with_borders",
    "word_shapes",
]

_TEXT = {
    "arpa_words": "arpa_model",
    "from_arpa": "arpa_model",
    "to_arpa": "arpa_model",
    "NgramLookup": "ngram_lookup",
    "RULES": "text_tokenizer",
    "TextTokenizer": "text_tokenizer",
    "TokenEncoder": "text_encoder",
    "Tokens": "text_tokenizer",
    "END": "text_units",
    "END_ID": "text_units",
    "START_ID": "text_units",
    "TextUnits": "text_units",
    "UNITS": "text_units",
    "UNKNOWN_ID": "text_units",
    "Vocabulary": "text_vocabulary",
    "fold": "text_encoder",
    "normalize": "text_tokenizer",
    "token_pairs": "text_bigrams",
    "word_shapes": "text_shape",
}


def __getattr__(name: str) -> Any:
    """Imports what reads strings on first use (PEP 562)."""
    if name not in _TEXT:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(importlib.import_module(f"{__name__}.{_TEXT[name]}"), name)
    except ModuleNotFoundError as error:
        if error.name not in ("tensorflow", "tensorflow_text"):
            raise
        message = (
            f"{__name__}.{name} needs {error.name}, which is not installed: pip install tensorflow tensorflow-text"
        )
        raise ImportError(message, name=error.name) from None


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
