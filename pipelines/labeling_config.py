"""The hyperparameters of the labeller."""

from __future__ import annotations

from dataclasses import dataclass

from ..datasets import InputError
from ..layers import CELLS
from .config import option
from .supervised_training import SupervisedConfig


@dataclass(frozen=True)
class SequenceLabelerConfig(SupervisedConfig):
    """The hyperparameters of `SequenceLabeler`: what is read of each token, how it is read in its place, what is put out."""

    words: str = option(
        "embedding", "a word's vector, its unit vector (1-of-N), or its letters alone", ("embedding", "one-hot", "none")
    )
    embedding_dim: int = option(100, "E, the size of a word's vector", low=1)
    vectors: str = option("", "a file of word vectors to start from")
    train_vectors: bool = option(True, "whether the vectors of that file are learnt further")
    min_count: int = option(1, "how often a word must occur in training to have a vector of its own", low=1)
    lowercase: bool = option(False, "whether words are looked up in lower case")
    mask_digits: bool = option(True, "whether every digit of a word is looked up as 0")
    token_dropout: float = option(0.05, "the share of words read as unknown while training", low=0, below=1)
    characters: str = option("none", "what reads a word's letters", ("none", "cnn", "lstm", "both"))
    character_units: int = option(30, "F, the filters over letters, or the size of one direction's state", low=1)
    max_characters: int = option(20, "letters of a word that count", low=1)
    shape: bool = option(False, "whether a word's shape is read, such as Xx or 0")
    shape_units: int = option(10, "the size of a shape's vector", low=1)
    trigrams: bool = option(False, "whether the letter trigrams of unknown words are read")
    trigram_buckets: int = option(5000, "what trigrams are hashed to", low=1)
    bigrams: bool = option(False, "whether the pairs with the neighbours on either side are read; for characters")
    bigram_units: int = option(50, "the size of a pair's vector", low=1)

    encoder: str = option(
        "recurrent", "what reads a token in its place: recurrent layers, or a window", ("recurrent", "window")
    )
    window: int = option(2, "k, the neighbours on either side that a window sees", low=1)
    cell: str = option("lstm", "the recurrent cell", tuple(CELLS))
    units: int = option(128, "H, the size of one direction's hidden state, or of a window's layer", low=1)
    layers: int = option(1, "layers, one upon the other", low=1)
    bidirectional: bool = option(True, "whether the sequence is read from both ends")
    residual: bool = option(False, "whether layers above the first add their input to their output")
    self_attention: bool = option(False, "whether every token looks at all others before it is labelled")
    input_dropout: float = option(
        0.5,
        "the share of a token's features dropped, the same in all the sentence (Gal & Ghahramani, 2016)",
        low=0,
        below=1,
    )
    dropout: float = option(0.5, "likewise of each layer's output", low=0, below=1)
    weight_drop: float = option(0.0, "the share of recurrent weights dropped", low=0, below=1)
    state_dropout: float = option(
        0.0,
        "the share of the hidden state that the recurrent product does not see, the same at every step",
        low=0,
        below=1,
    )
    precision: str = option("float32", "of all products up to the labels' scores", ("float32", "bfloat16"))

    output: str = option("crf", "labels chosen together (crf) or one by one (softmax)", ("crf", "softmax"))
    scheme: str = option("BIOES", "the tags that the network learns", ("IOB2", "BIOES"))
    label_weights: str = option("none", "whether rare tags weigh more: N / (K n)", ("none", "balanced"))
    joint: bool = option(False, "whether the label of the whole sentence is learnt too")
    criterion: str = option(
        "f1",
        "by which the epoch is chosen: F1 of spans (of single tokens' labels: accuracy), accuracy of tokens, macro F1, or "
        "F1 of borders between two labels within 5 tokens",
        ("f1", "accuracy", "macro_f1", "borders"),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_words()
        self._check_features()
        self._check_encoder()
        if self.output == "crf":
            self.refuse(["label_weights"], "output=crf", "output=softmax, whose loss is a sum over tokens")

    def _check_words(self) -> None:
        if self.words == "none" and self.characters == "none":
            raise InputError("words=none with characters=none: expected characters=cnn, lstm or both")
        if self.words != "embedding":
            vectors = ("embedding_dim", "vectors", "train_vectors", "trigrams")
            self.refuse(vectors, f"words={self.words}", "words=embedding")
        if self.words == "none":
            self.refuse(("token_dropout", "min_count"), "words=none", "words=embedding or one-hot")
        if self.words == "none" and not self.bigrams:
            self.refuse(("lowercase", "mask_digits"), "words=none", "words=embedding or one-hot, or bigrams=true")
        if not self.vectors:
            self.refuse(["train_vectors"], "no vectors", "vectors=FILE")

    def _check_features(self) -> None:
        if self.characters == "none":
            self.refuse(["character_units"], "characters=none", "characters=cnn, lstm or both")
        if self.characters == "none" and not self.trigrams:
            self.refuse(["max_characters"], "characters=none", "characters=cnn, lstm or both, or trigrams=true")
        for feature, options in (("shape", ["shape_units"]), ("bigrams", ["bigram_units"])):
            if not getattr(self, feature):
                self.refuse(options, f"{feature}=false", f"{feature}=true")
        if not self.trigrams:
            self.refuse(["trigram_buckets"], "trigrams=false", "trigrams=true")
        elif not self.token_dropout and self.min_count == 1:
            raise InputError(
                "trigrams=true with token_dropout=0 and min_count=1: expected one of them above, or no word of training is "
                "unknown and no trigram learns anything"
            )

    def _check_encoder(self) -> None:
        if self.encoder == "window":
            self.refuse(
                ("cell", "bidirectional", "weight_drop", "state_dropout"), "encoder=window", "encoder=recurrent"
            )
        else:
            self.refuse(["window"], "encoder=recurrent", "encoder=window")
        if self.layers == 1:
            self.refuse(["residual"], "layers=1", "at least 2 layers")
        if self.cell == "jordan":
            self.refuse(["weight_drop", "state_dropout"], "cell=jordan", "cell=elman, gru or lstm")
