"""The hyperparameters of the auto-encoder."""

from __future__ import annotations

from dataclasses import dataclass

from ..layers import CELLS
from .config import option
from .language_model_config import TextOptions
from .supervised_training import SupervisedConfig

CODES = ("last", "mean", "max")
CRITERIA = ("exact_match", "token_accuracy", "bleu", "perplexity")


@dataclass(frozen=True)
class AutoEncoderConfig(TextOptions, SupervisedConfig):
    """The hyperparameters of `AutoEncoder`."""

    language: str = option("", "of parallel texts, the language that is learnt; default: the corpus' first")
    text_unit: str = option(
        "subword",
        "what is read and written: learnt pieces of words, the corpus' tokens, or characters",
        ("subword", "token", "character"),
    )
    max_length: int = option(
        60, "units of a sentence; longer ones are not learnt from, and of them the beginning is read", low=1
    )
    hierarchical: bool = option(
        False, "whether a text is read and written sentence by sentence: for paragraphs; else it is one sentence"
    )
    max_sentences: int = option(8, "of a paragraph; longer ones likewise", low=1)
    cell: str = option("gru", "the recurrent cell", tuple(CELLS))
    units: int = option(512, "H, the size of the decoder's hidden state, and of one direction of the encoder's", low=1)
    layers: int = option(1, "recurrent layers of encoder and decoder, one upon the other", low=1)
    bidirectional: bool = option(True, "whether the text is read from both ends")
    embedding_dim: int = option(256, "E, the size of a unit's vector", low=1)
    code_dim: int = option(1024, "C, the size of the code", low=1)
    pooling: str = option(
        "mean", "the code is a learnt transform of: the encoder's last state, the mean or the maximum of all", CODES
    )
    code_every_step: bool = option(
        True, "whether the decoder reads the code at every step; else it starts from it alone"
    )
    tied: bool = option(True, "whether a unit has one vector where it is read, where it is written, and in the softmax")
    dropout: float = option(
        0.0, "the share of features dropped: of vectors, between layers, of what is put out", low=0, below=1
    )
    denoising: float = option(
        0.0, "the share of units that the encoder reads as unknown while training", low=0, below=1
    )
    token_dropout: float = option(
        0.0,
        "the share of units that the decoder reads as unknown while training, so that it needs the code",
        low=0,
        below=1,
    )
    crossing: float = option(
        0.5,
        "the share of texts that go on, from a random place, as another one does: more texts to learn",
        low=0,
        below=1,
    )
    replacement: float = option(
        0.0,
        "the share of units exchanged for others while training, in what is to be written too",
        low=0,
        below=1,
    )
    label_smoothing: float = option(0.0, "the share of each target that all units have alike", low=0, below=1)
    criterion: str = option("exact_match", "by which the epoch is chosen", CRITERIA)
    beams: int = option(
        5, "hypotheses kept while a text is written from its code; 1: the best unit at each step", low=1
    )
    averaging: str = option("ema", "weights at evaluation: the last, or a moving average", ("none", "ema"))
    batch_size: int = option(64, "texts a step", low=1)
    epochs: int = option(40, "the most passes over the training data", low=1)
    patience: int = option(10, "epochs without a better validation score before training stops", low=1)
    learning_rate: float = option(1e-3, "of Adam, at the start", low=1e-9)
    clip_norm: float = option(1.0, "the gradient's largest norm; 0 leaves it as it is", low=0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.hierarchical:
            self.refuse(["max_sentences"], "hierarchical=false", "hierarchical=true")
