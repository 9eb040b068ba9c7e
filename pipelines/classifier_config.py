"""The hyperparameters of the classifier."""

from __future__ import annotations

from dataclasses import dataclass

from ..datasets import InputError
from ..layers import CELLS
from .config import option
from .language_model_config import TextOptions
from .supervised_training import SupervisedConfig

POOLINGS = ("last", "mean", "max", "attention")


@dataclass(frozen=True)
class ClassifierConfig(TextOptions, SupervisedConfig):
    """The hyperparameters of `Classifier`."""

    text_unit: str = option(
        "token",
        "what is read: the corpus' tokens, characters, or learnt pieces of words",
        ("token", "character", "subword"),
    )
    max_length: int = option(0, "units of a text that are read at once; 0: all", low=0)
    long_texts: str = option(
        "cut", "of a longer one: its beginning counts, or pieces are read one by one", ("cut", "split")
    )
    positions: int = option(
        0,
        "places from the start that add a vector of their own to a unit's; for aligned texts, such as windows of DNA",
        low=0,
    )
    bigrams: bool = option(False, "whether the pairs with the units on either side are read; those seen twice")
    bigram_units: int = option(50, "the size of a pair's vector", low=1)
    max_bigrams: int = option(50_000, "the most pairs that have a vector of their own; 0: no limit", low=0)
    ngrams: int = option(
        0, "units of the longest n-grams that add to the logits beside the recurrence; 0: none do", low=0
    )
    max_ngrams: int = option(100_000, "the most n-grams of each length above 1 that do; 0: no limit", low=0)
    cell: str = option("lstm", "the recurrent cell", tuple(CELLS))
    units: int = option(128, "H, the size of one direction's hidden state", low=1)
    layers: int = option(1, "recurrent layers, one upon the other", low=1)
    bidirectional: bool = option(True, "whether the text is read from both ends")
    embedding_dim: int = option(100, "E, the size of a unit's vector", low=1)
    pooling: str = option("max", "what makes one vector of the states: last, mean, max, or attention", POOLINGS)
    dropout: float = option(
        0.3, "the share of features dropped: of vectors, between layers, of the whole text, of n-grams", low=0, below=1
    )
    token_dropout: float = option(
        0.05, "the share of units, and of pairs, read as unknown while training", low=0, below=1
    )
    weight_drop: float = option(0.0, "the share of recurrent weights dropped", low=0, below=1)
    state_dropout: float = option(
        0.0,
        "the share of the hidden state that the recurrent product does not see, the same at every step",
        low=0,
        below=1,
    )
    class_weights: str = option(
        "none", "whether rare labels weigh more: N / (K n); of several a text, N / (2 n)", ("none", "balanced")
    )
    label_smoothing: float = option(0.0, "the share of each target that all labels have alike", low=0, below=1)
    threshold: float = option(0.5, "of several labels a text, the least probability of one given", low=1e-6, below=1)
    criterion: str = option(
        "accuracy",
        "by which the epoch is chosen: accuracy (of several labels a text: micro F1), macro F1, the likelihood, or, of several "
        "labels, F1 of the 5 most probable",
        ("accuracy", "macro_f1", "f1_at_5", "nll"),
    )
    calibration: str = option("temperature", "of the probabilities, on the validation split", ("temperature", "none"))
    vectors: str = option("", "a file of word vectors to start from")
    train_vectors: bool = option(True, "whether the vectors of units are learnt further")
    init_from: str = option("", "a saved recurrent language model to start from")
    precision: str = option("float32", "of the products; outputs and loss stay float32", ("float32", "bfloat16"))
    learning_rate: float = option(2e-3, "of Adam, at the start", low=1e-9)
    epochs: int = option(20, "the most passes over the training data", low=1)
    patience: int = option(5, "epochs without a better validation score before training stops", low=1)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.max_length:
            self.refuse(["long_texts"], "max_length=0", "the units of a piece, as in max_length=400")
        if not self.bigrams:
            self.refuse(["bigram_units", "max_bigrams"], "bigrams=false", "bigrams=true")
        if self.ngrams < 2:
            self.refuse(["max_ngrams"], f"ngrams={self.ngrams}", "ngrams=2 or more")
        if self.cell == "jordan":
            self.refuse(["weight_drop", "state_dropout"], "cell=jordan", "cell=elman, gru or lstm")
        if self.calibration == "temperature":
            expected = "calibration=none, since a temperature would change which labels pass"
            self.refuse(["threshold"], "calibration=temperature", expected)
        if not (self.vectors or self.init_from):
            self.refuse(["train_vectors"], "no vectors", "vectors=FILE or init_from=DIR")
        self._check_start()

    def _check_start(self) -> None:
        """Raises InputError for what a language model to start from decides by itself."""
        if not self.init_from:
            return
        if self.vectors:
            raise InputError("init_from with vectors: expected one of them, both give the units' vectors")
        if self.cell == "jordan":
            raise InputError("init_from with cell=jordan: expected cell=elman, gru or lstm")
        self.refuse(("min_count", "max_vocabulary"), "init_from", "the vocabulary of the language model")
