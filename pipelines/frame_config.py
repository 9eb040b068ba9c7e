"""The hyperparameters of language models of frames."""

from __future__ import annotations

from dataclasses import dataclass

from .config import TrainingConfig, option


@dataclass(frozen=True)
class FrameLanguageModelConfig(TrainingConfig):
    """The hyperparameters of `FrameLanguageModel`."""

    kind: str = option("frames", "the kind of language model", ("frames",))
    cell: str = option("lstm", "the recurrent cell", ("elman", "gru", "lstm"))
    units: int = option(300, "H, the size of the hidden state", low=1)
    layers: int = option(1, "recurrent layers, one upon the other", low=1)
    activation: str = option("tanh", "of an Elman cell", ("tanh", "sigmoid", "relu"))
    recurrent_start: str = option(
        "orthogonal", "start of the recurrent matrix", ("orthogonal", "identity", "glorot_uniform")
    )
    pitches: str = option(
        "piano",
        "which are predicted: the 88 keys, all of MIDI, those from the lowest to the highest of training",
        ("piano", "midi", "seen"),
    )
    margin: int = option(0, "semitones more on either side; of pitches=seen", low=0)
    transpose: int = option(0, "the most semitones by which a piece is moved in training, anew each epoch", low=0)
    input_dropout: float = option(0.1, "the share of pitches hidden from the lowest layer", low=0, below=1)
    layer_dropout: float = option(0.0, "the share of features dropped between layers", low=0, below=1)
    output_dropout: float = option(0.5, "the share of features dropped before the pitches", low=0, below=1)
    weight_drop: float = option(0.3, "the share of recurrent weights dropped", low=0, below=1)
    batch_size: int = option(8, "pieces a step", low=1)
    epochs: int = option(150, "the most passes over the training data", low=1)
    learning_rate: float = option(6e-3, "of Adam, at the start", low=1e-9)
    clip_norm: float = option(1.0, "the gradient's largest norm; 0 leaves it as it is", low=0)
    weight_decay: float = option(0.0, "decoupled from the gradient", low=0, below=1)
    beats: float = option(1.0, "the length of a step in beats, in MIDI files", low=1 / 480)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.pitches != "seen":
            self.refuse(["margin"], f"pitches={self.pitches}", "pitches=seen")
        if self.layers == 1:
            self.refuse(["layer_dropout"], "layers=1", "at least 2 layers")
        if self.cell != "elman":
            self.refuse(["activation"], f"cell={self.cell}", "cell=elman")
