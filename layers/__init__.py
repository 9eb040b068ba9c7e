"""The mathematics, as Keras layers: text to ids, embeddings, cells, recurrence, conditional random field."""

from .attention_pooling import AttentionPooling
from .bidirectional import Bidirectional
from .cell import Cell
from .cells import CELLS
from .character_convolution import CharacterConvolution
from .crf import CRF
from .elman import ElmanCell
from .gru import GRUCell
from .label_softmax import LabelSoftmax
from .linear_chain import log_partition, marginals, path_score, viterbi
from .lstm import LSTMCell
from .masked_max_pooling import MaskedMaxPooling
from .recurrence import Recurrence
from .sequence_loss import IGNORED, SequenceLoss
from .text_encoder import TokenEncoder, fold
from .text_tokenizer import RULES, TextTokenizer, Tokens, normalize
from .text_vocabulary import Vocabulary
from .token_dropout import PADDING, UNKNOWN, TokenDropout
from .token_embedding import TokenEmbedding

__all__ = [
    "CELLS",
    "CRF",
    "IGNORED",
    "PADDING",
    "RULES",
    "UNKNOWN",
    "AttentionPooling",
    "Bidirectional",
    "Cell",
    "CharacterConvolution",
    "ElmanCell",
    "GRUCell",
    "LSTMCell",
    "LabelSoftmax",
    "MaskedMaxPooling",
    "Recurrence",
    "SequenceLoss",
    "TextTokenizer",
    "TokenDropout",
    "TokenEmbedding",
    "TokenEncoder",
    "Tokens",
    "Vocabulary",
    "fold",
    "log_partition",
    "marginals",
    "normalize",
    "path_score",
    "viterbi",
]
