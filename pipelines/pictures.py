"""Pictures of a run, as PNG files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path


def training_curves(history: Mapping[str, Sequence[float]], path: str | Path) -> None:
    """Loss on the left, the validation figures on the right, over the epochs; the best epoch marked."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    epochs = range(1, len(history["loss"]) + 1)
    left.plot(epochs, history["loss"], color="tab:blue")
    left.set(xlabel="epoch", ylabel="training loss", ylim=(0, None))
    for name in ("valid_f1", "valid_accuracy", "valid_label_accuracy", "valid_exact_match"):
        if name in history:
            right.plot(epochs, history[name], label=name.removeprefix("valid_").replace("_", " "))
    best = max(epochs, key=lambda epoch: history["valid_score"][epoch - 1])
    right.axvline(best, color="grey", linestyle=":", label=f"best epoch {best}")
    right.set(xlabel="epoch", ylabel="validation", ylim=(None, 1))
    right.legend(loc="lower right")
    figure.savefig(path, dpi=120)
