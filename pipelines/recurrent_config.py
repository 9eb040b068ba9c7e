"""The hyperparameters of recurrent language models."""

from __future__ import annotations

from dataclasses import dataclass

from ..datasets import InputError
from ..layers import CELLS
from .config import TrainingConfig, option
from .language_model_config import TextOptions


@dataclass(frozen=True)
class RecurrentLanguageModelConfig(TextOptions, TrainingConfig):
    """The hyperparameters of `RecurrentLanguageModel`."""

    kind: str = option("rnn", "the kind of language model", ("rnn",))
    cell: str = option("lstm", "the recurrent cell", tuple(CELLS))
    units: int = option(200, "H, the size of the hidden state", low=1)
    layers: int = option(2, "recurrent layers, one upon the other", low=1)
    embedding_dim: int = option(0, "E, the size of a word's vector; 0: as large as the hidden state", low=0)
    tied: bool = option(False, "whether the softmax uses the words' vectors; the uppermost layer then has their size")
    softmax: str = option(
        "full", "over the whole vocabulary, or by frequency in tails (adaptive)", ("full", "adaptive")
    )
    precision: str = option("float32", "of the products with the vocabulary while training", ("float32", "bfloat16"))
    activation: str = option("tanh", "of an Elman or Jordan cell", ("tanh", "sigmoid", "relu"))
    recurrent_start: str = option(
        "orthogonal", "start of the recurrent matrix", ("orthogonal", "identity", "glorot_uniform")
    )
    input_dropout: float = option(0.2, "the share of a word vector's features dropped", low=0, below=1)
    layer_dropout: float = option(0.2, "the share of features dropped between layers", low=0, below=1)
    output_dropout: float = option(0.2, "the share of features dropped before the softmax", low=0, below=1)
    embedding_dropout: float = option(0.0, "the share of words whose vector is dropped", low=0, below=1)
    weight_drop: float = option(0.0, "the share of recurrent weights dropped", low=0, below=1)
    context: str = option("stream", "whether the state goes on from sentence to sentence", ("stream", "sentence"))
    condition: bool = option(False, "whether a sentence's label is its initial state; needs context=sentence")
    batch_size: int = option(20, "streams, or sentences, a step", low=1)
    steps: int = option(35, "T, the steps back through which a stream's gradient goes", low=1)
    optimizer: str = option(
        "auto", "what takes the steps; auto: sgd for lstm and gru, else adam", ("auto", "adam", "sgd")
    )
    learning_rate: float = option(0.0, "at the start; 0: 20 for sgd, 0.002 for adam", low=0)
    decay: str = option("cosine", "of the learning rate", ("cosine", "plateau", "none"))
    decay_factor: float = option(0.5, "what the rate is multiplied with on a plateau", low=1e-6, below=1)
    clip_norm: float = option(0.25, "the gradient's largest norm; 0 leaves it as it is", low=0)
    weight_decay: float = option(0.0, "decoupled from the gradient", low=0, below=1)
    averaging: str = option(
        "none", "weights at evaluation: the last, a moving average, a mean", ("none", "ema", "asgd")
    )
    epochs: int = option(20, "the most passes over the training data", low=1)
    patience: int = option(5, "epochs without a better validation score before training stops", low=1)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_cell()
        if self.context == "sentence":
            self.refuse(["steps"], "context=sentence", "context=stream")
        else:
            self.refuse(["condition"], "context=stream", "context=sentence, where each text starts anew")
        if self.optimizer == "auto":
            self.refuse(["learning_rate"], "optimizer=auto", "optimizer=sgd or adam too")
        if self.decay != "plateau":
            self.refuse(["decay_factor"], f"decay={self.decay}", "decay=plateau")
        if self.softmax == "adaptive" and (self.tied or self.precision != "float32"):
            raise InputError("softmax=adaptive: expected tied=false and precision=float32")
        if self.layers == 1 and self.layer_dropout:
            self.refuse(["layer_dropout"], "layers=1", "at least 2 layers")

    def _check_cell(self) -> None:
        if self.cell == "jordan" and (self.layers > 1 or self.softmax == "adaptive" or self.weight_drop):
            raise InputError(
                "cell=jordan: expected layers=1, softmax=full and weight_drop=0: its memory is the softmax"
            )
        if self.cell in ("lstm", "gru"):
            self.refuse(["activation"], f"cell={self.cell}", "cell=elman or jordan")
            if self.recurrent_start == "identity":
                self.refuse(["recurrent_start"], f"cell={self.cell}", "cell=elman or jordan")
