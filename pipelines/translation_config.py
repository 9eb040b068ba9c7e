"""The hyperparameters of the translator."""

from __future__ import annotations

from dataclasses import dataclass

from ..datasets import InputError
from ..layers import CELLS, SCORES
from .config import option
from .supervised_training import SupervisedConfig

UNITS = ("subword", "token", "character")
CRITERIA = ("bleu", "chrf", "exact_match", "perplexity", "bracket_f1")


@dataclass(frozen=True)
class TranslationConfig(SupervisedConfig):
    """The hyperparameters of `Translator`."""

    source: str = option("", "the language to translate from; default: the corpus' first")
    target: str = option("", "the language to translate to; default: the corpus' second")
    source_unit: str = option(
        "subword", "what is read: learnt pieces of words, the corpus' tokens, or characters", UNITS
    )
    target_unit: str = option("subword", "what is written, likewise", UNITS)
    output: str = option(
        "text", "what is written: text, or a tree as a row of brackets over the source's words", ("text", "tree")
    )
    lowercase: bool = option(False, "whether the source is read in lower case")
    min_count: int = option(1, "how often a unit must occur in training to be in a vocabulary", low=1)
    max_vocabulary: int = option(0, "the most units of a vocabulary; 0: no limit, 4000 pieces", low=0)
    shared_vocabulary: bool = option(False, "whether both languages have one vocabulary, learnt from both")
    max_length: int = option(
        100, "units of a sentence; longer ones are not learnt from, of longer sources the beginning is read", low=1
    )
    reverse_source: bool = option(False, "whether the source is read from its end, its first word last")
    cell: str = option("gru", "the recurrent cell", tuple(CELLS))
    units: int = option(256, "H, the size of the decoder's hidden state, and of one direction of the encoder's", low=1)
    layers: int = option(1, "recurrent layers of encoder and decoder, one upon the other", low=1)
    bidirectional: bool = option(True, "whether the source is read from both ends")
    embedding_dim: int = option(256, "E, the size of a unit's vector", low=1)
    context: str = option(
        "mean",
        "what the decoder starts from: the encoder's last state, a learnt transform of it, or of the mean of all states",
        ("last", "transform", "mean"),
    )
    context_every_step: bool = option(False, "whether the decoder also reads the context at every step")
    shared_weights: bool = option(False, "whether encoder and decoder have the same recurrent weights")
    attention: str = option(
        "general", "how a state of the decoder is compared with those of the source", ("none", *SCORES)
    )
    query: str = option(
        "new", "which state of the decoder asks: after the step (new), or before it (old)", ("new", "old")
    )
    input_feeding: bool = option(False, "whether a step reads what the last one put out, attention and all")
    coverage: bool = option(False, "whether attention reads how much each place of the source has had")
    tied: str = option(
        "target",
        "what has the softmax's vectors: the target's units, those of both languages, or none",
        ("none", "target", "both"),
    )
    dropout: float = option(
        0.3, "the share of features dropped: of vectors, between layers, of what is put out", low=0, below=1
    )
    token_dropout: float = option(
        0.0, "the share of units read as unknown while training, on both sides", low=0, below=1
    )
    state_dropout: float = option(
        0.0,
        "the share of the hidden state that the recurrent product does not see, the same at every step",
        low=0,
        below=1,
    )
    weight_drop: float = option(0.0, "the share of recurrent weights dropped", low=0, below=1)
    label_smoothing: float = option(0.1, "the share of each target that all units have alike", low=0, below=1)
    sampling: str = option(
        "none",
        "how the share of units read from the model itself instead of the target grows over training",
        ("none", "linear", "sigmoid"),
    )
    sampling_share: float = option(0.25, "of scheduled sampling: that share at the end", low=1e-6, below=1)
    criterion: str = option("bleu", "by which the epoch is chosen", CRITERIA)
    beams: int = option(5, "hypotheses kept while translating", low=1)
    length_penalty: float = option(1.0, "α: 0 prefers short translations, 1 nearly the mean log p of a unit", low=0)
    coverage_penalty: float = option(0.0, "β: how much it costs to leave the source without attention", low=0)
    unknown_replacement: bool = option(
        True, "whether an unknown unit becomes that of the source with the most attention"
    )
    averaging: str = option("ema", "weights at evaluation: the last, or a moving average", ("none", "ema"))
    batch_size: int = option(64, "sentences a step", low=1)
    epochs: int = option(30, "the most passes over the training data", low=1)
    patience: int = option(8, "epochs without a better validation score before training stops", low=1)
    learning_rate: float = option(2e-3, "of Adam, at the start", low=1e-9)
    clip_norm: float = option(1.0, "the gradient's largest norm; 0 leaves it as it is", low=0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.attention == "none":
            alone = ["query", "coverage", "coverage_penalty"]
            self.refuse(alone, "attention=none", "an attention")
        if self.output == "tree" and (self.target_unit != "token" or self.shared_vocabulary):
            raise InputError("output=tree: expected target_unit=token, a bracket each, and shared_vocabulary=false")
        if self.criterion == "bracket_f1" and self.output != "tree":
            raise InputError("criterion=bracket_f1 with output=text: expected output=tree")
        if self.sampling == "none":
            self.refuse(["sampling_share"], "sampling=none", "sampling=linear or sigmoid")
        if self.by_steps or self.cell == "jordan":
            where = "cell=jordan" if self.cell == "jordan" else "input_feeding, coverage or query=old"
            self.refuse(
                ["state_dropout", "weight_drop"], where, "a decoder whose steps read nothing of the last one's output"
            )
        if self.context == "last" and self.bidirectional:
            raise InputError(
                "context=last with bidirectional=true: expected context=transform or mean, or bidirectional=false"
            )
        if self.reverse_source and self.bidirectional:
            raise InputError(
                "reverse_source=true with bidirectional=true: expected bidirectional=false, both ends are read"
            )
        if self.tied == "both" and not self.shared_vocabulary:
            raise InputError("tied=both with shared_vocabulary=false: expected shared_vocabulary=true")
        if self.shared_vocabulary and (self.source_unit != self.target_unit or self.lowercase):
            raise InputError("shared_vocabulary=true: expected source_unit and target_unit alike, and lowercase=false")
        if self.shared_weights and (self.bidirectional or self.by_steps or self.context_every_step or self.reads_above):
            raise InputError(
                "shared_weights=true: expected bidirectional=false, a decoder that reads units alone, and layers=1 or "
                "attention=none"
            )

    @property
    def by_steps(self) -> bool:
        """Whether a step of the decoder reads more of the last one than its states."""
        return self.input_feeding or self.coverage or self.query == "old"

    @property
    def reads_above(self) -> bool:
        """Whether a layer of the decoder reads the attention's context, which none of the encoder has."""
        return self.layers > 1 and self.attention != "none"
