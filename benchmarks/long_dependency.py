"""How far back do recurrent cells remember?

    python benchmarks/long_dependency.py --output long_dependency.json --pictures docs

`Jane walked into the room . John walked in too . [...] Jane said hi to ___`: each cell learns a language model of such texts
(`datasets.jane`) with 0 to 20 tokens between the opening and the last sentence, and then has to name the last word of new
ones with 0 to 80. Everything is the same for all of them but the learning rate, which is chosen for each one from RATES by the
validation perplexity of the first seed. Guessing between the nine people who do not speak is right in 1 of 9 cases; knowing
who is there but not who speaks, in 1 of 2.
"""

import argparse
import json
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

import keras_seq as ks
from keras_seq.pipelines.gate_reading import gate_reading
from keras_seq.pipelines.gradient_lens import gradient_lens
from keras_seq.pipelines.gradient_pictures import gate_maps

LEARNT = (0, 5, 10, 20)  # tokens in between
TESTED = (0, 5, 10, 20, 40, 80)
LOOKED_AT = 40  # the distance at which gradients are looked at
RATES = (0.001, 0.003, 0.01, 0.03)
LEAST = 1e-9  # of the gradients that are drawn
SHARED = {
    "context": "sentence",
    "layers": 1,
    "units": 128,
    "batch_size": 32,
    "optimizer": "adam",
    "decay": "cosine",
    "input_dropout": 0.0,
    "layer_dropout": 0.0,
    "output_dropout": 0.0,
}
RECTIFIED = {"activation": "relu", "recurrent_start": "identity"}
CLIPPED, FREE = {"clip_norm": 0.5}, {"clip_norm": 0.0}
CELLS: dict[str, dict[str, Any]] = {
    "Elman, sigmoid": {"cell": "elman", "activation": "sigmoid", **CLIPPED},
    "Elman, tanh, not clipped": {"cell": "elman", **FREE},
    "Elman, tanh": {"cell": "elman", **CLIPPED},
    "Elman, ReLU, identity, not clipped": {"cell": "elman", **RECTIFIED, **FREE},
    "Elman, ReLU, identity": {"cell": "elman", **RECTIFIED, **CLIPPED},
    "LSTM": {"cell": "lstm", **CLIPPED},
    "GRU": {"cell": "gru", **CLIPPED},
}
DESCENT = {"optimizer": "sgd", "decay": "none", "learning_rate": 1.0}
DESCENDING = ["Elman, sigmoid", "Elman, tanh", "Elman, ReLU, identity", "GRU", "LSTM"]


class EveryStep(keras.callbacks.Callback):
    """The gradient's norm, before it is clipped, and the loss of each step: what the sums behind the epochs' means grew by."""

    def __init__(self) -> None:
        super().__init__()
        self.norms: list[float] = []
        self.losses: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._before = np.zeros(4)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        figures = self.model.figures
        sums = np.array(
            [float(x) for name in ("gradient_norm", "loss") for x in (figures[name].total, figures[name].count)]
        )
        norm, _, loss, count = sums - self._before
        self._before = sums
        self.norms.append(float(norm))
        self.losses.append(float(loss / count))


def train(corpus: ks.datasets.Corpus, options: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """A trained model, None where training broke off in its first epoch, and what was seen of its training."""
    model, every, stopped = ks.pipelines.RecurrentLanguageModel(**{**SHARED, **options}), EveryStep(), ""
    began = time.monotonic()
    try:
        model.fit(corpus, tracking=None, progress=False, callbacks=[every])
    except ks.pipelines.TrainingError as error:
        stopped = str(error)
    rises = [after - before for before, after in pairwise(every.losses)]
    seen = {
        "learning_rate": options["learning_rate"],
        "seconds": time.monotonic() - began,
        "stopped": stopped,
        "norms": every.norms,
        "largest_rise": max(rises, default=0.0),
        "valid_perplexity": float(np.exp(-max(model.history["valid_score"]))) if model.history else float("inf"),
    }
    return (None if model.model is None else model), seen


def answers(model: Any, texts: list[ks.datasets.Text]) -> float:
    """The share of texts of one length whose last word is the most probable one after all before it."""
    ids = model.encode(texts)
    rows = np.asarray(ids.values).reshape(len(texts), -1)[:, :-1]  # without the texts' ends
    lengths, condition = tf.fill([len(texts)], rows.shape[1]), tf.zeros((len(texts), 0))
    _, log_p = model.scores(tf.constant(rows), lengths, condition)
    return float(np.mean(np.argmax(log_p, axis=-1) == rows[:, -1]))


def tests(corpus: ks.datasets.Corpus, size: int, seed: int) -> dict[int, list[ks.datasets.Text]]:
    """New texts by distance."""
    known = {example.text for example in (*corpus.train, *corpus.valid)}
    new = [example for example in ks.datasets.jane(TESTED, size, seed + 1000).test if example.text not in known]
    return {distance: [example for example in new if example.label == str(distance)] for distance in TESTED}


def look(model: Any, texts: dict[int, list[ks.datasets.Text]]) -> dict[str, Any]:
    """The gradients of the last word's loss in texts of one length."""
    return gradient_lens(model, texts[LOOKED_AT], steps=LOOKED_AT + 18, rows=16).as_dict()


def measure(name: str, corpus: ks.datasets.Corpus, texts: dict[int, list], options: dict[str, Any]) -> dict[str, Any]:
    """One training of one cell: its accuracy by distance and its gradients."""
    start = ks.pipelines.RecurrentLanguageModel(**SHARED, **CELLS[name], **options)
    start.learn(corpus)
    start.network()
    model, seen = train(corpus, {**CELLS[name], **options})
    seen["start"] = look(start, texts)
    seen["accuracy"] = [float("nan") if model is None else answers(model, texts[distance]) for distance in TESTED]
    if model is not None:
        seen["lens"] = look(model, texts)
        if name in ("LSTM", "GRU"):
            seen["gates"] = gate_reading(model, texts[5][0].text).as_dict()
    shares = " ".join(f"{share:5.2f}" for share in seen["accuracy"])
    print(
        f"{name:36}{options} {seen['seconds']:4.0f} s  {seen['valid_perplexity']:.3f}  {shares} {seen['stopped']}",
        flush=True,
    )
    return seen


def plain_descent(epochs: int, size: int) -> None:
    """Prints a line for each cell, clipped or not, without Adam, whose steps are hardly longer where the gradient is."""
    corpus = ks.datasets.jane(LEARNT, size, 0)
    print("| cell | clipped at | largest norm | largest rise of the loss in a step | outcome |\n|---|---|---|---|---|")
    for name in DESCENDING:
        for clip in (CLIPPED, FREE):
            _, seen = train(corpus, {**CELLS[name], **clip, **DESCENT, "epochs": epochs, "seed": 0})
            outcome = seen["stopped"].partition(";")[0] or f"perplexity {seen['valid_perplexity']:.2f}"
            largest = max(filter(np.isfinite, seen["norms"]), default=float("nan"))
            clipped = clip["clip_norm"] or "never"
            print(f"| {name} | {clipped} | {largest:.3g} | {seen['largest_rise']:.3g} | {outcome} |", flush=True)


def experiment(
    names: list[str], seeds: int, epochs: int, size: int, rates: tuple[float, ...], output: str | None
) -> dict[str, list[dict]]:
    """Every cell, every seed; the first seed tries all learning rates, the others take the one that was best then."""
    found: dict[str, list[dict]] = {name: [] for name in names}
    for seed in range(seeds):
        corpus = ks.datasets.jane(LEARNT, size, seed)
        texts = tests(corpus, size, seed)
        for name, runs in found.items():
            tried = (runs[0]["learning_rate"],) if runs else rates
            new = [measure(name, corpus, texts, {"learning_rate": r, "epochs": epochs, "seed": seed}) for r in tried]
            runs.append(min(new, key=lambda run: run["valid_perplexity"]))
            if output:
                Path(output).write_text(json.dumps(found))
    return found


def table(found: dict[str, list[dict]]) -> list[str]:
    """A line for each cell: accuracy by distance, the mean of the seeds, and how its training went."""
    head = "".join(f"{distance} | " for distance in TESTED)
    lines = [
        f"| cell | rate | {head}largest norm | steps above 0.5 | seconds |",
        "|---|" + "---|" * (len(TESTED) + 4),
    ]
    for name, runs in found.items():
        shares = np.mean([run["accuracy"] for run in runs], axis=0)
        norms = [np.array(run["norms"]) for run in runs]
        above = np.mean([np.mean(each > CLIPPED["clip_norm"]) for each in norms])
        cells = " | ".join(f"{share:.2f}" for share in shares)
        largest, seconds = max(each.max() for each in norms), np.mean([run["seconds"] for run in runs])
        lines.append(f"| {name} | {runs[0]['learning_rate']} | {cells} | {largest:.3g} | {above:.1%} | {seconds:.0f} |")
    return lines


def lens_table(found: dict[str, list[dict]]) -> list[str]:
    """A line for each cell of the first seed: the gradient at some distances, over that at 0, and the Jacobians of a step."""
    places = (1, 10, 20, 40)
    head = " | ".join([f"norm at {k}" for k in places] + ["spectral norm", "radius", "bound"])
    lines = [f"| cell | training | {head} |", "|---|---|" + "---|" * (len(places) + 3)]
    for name, runs in found.items():
        for when, lens in (("before", runs[0]["start"]), ("after", runs[0].get("lens"))):
            if lens is not None:
                norms = np.array(lens["norms"].get("layer 1", lens["norms"]["layer 1 h"]))
                jacobians = [np.mean(lens[kind]["layer 1"]) for kind in ("spectral_norms", "spectral_radii")]
                numbers = [*(f"{norms[k] / norms[0]:.2g}" for k in places), *(f"{value:.2f}" for value in jacobians)]
                bound = f"{lens['bounds']['layer 1']:.2f}" if lens["bounds"] else ""
                lines.append(f"| {name} | {when} | {' | '.join(numbers)} | {bound} |")
    return lines


def accuracy_picture(found: dict[str, list[dict]], path: Path) -> None:
    """Accuracy by distance with the range of the seeds; the gradient's norm in training, with and without clipping."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(13, 4.8), layout="constrained")
    left, right = figure.subplots(1, 2)
    places = range(len(TESTED))
    for place, (name, runs) in enumerate(found.items()):
        shares = np.array([run["accuracy"] for run in runs])
        style = "o--" if name.endswith("not clipped") else "o-"
        left.plot(places, shares.mean(axis=0), style, color=f"C{place}", label=name)
        left.fill_between(places, shares.min(axis=0), shares.max(axis=0), color=f"C{place}", alpha=0.15)
        norms = np.array(runs[0]["norms"])
        parts = np.array_split(norms, min(60, len(norms)))
        steps = np.cumsum([len(part) for part in parts])
        right.plot(steps, [part.max() for part in parts], style[1:], color=f"C{place}", label=name)
    left.axhline(1 / 9, color="grey", linestyle=":", label="a guess")
    left.axvspan(LEARNT.index(max(LEARNT)), len(TESTED) - 1, color="grey", alpha=0.08)
    left.text(LEARNT.index(max(LEARNT)) + 0.05, 1.03, "longer than any learnt", fontsize=9, color="grey")
    left.set_xticks(places, [str(distance) for distance in TESTED])
    left.set(xlabel="tokens in between", ylabel="share of last words named", ylim=(0, 1.1))
    right.set(xlabel="training step", ylabel="gradient's largest norm in a sixtieth of them", yscale="log")
    right.axhline(CLIPPED["clip_norm"], color="grey", linestyle=":", label="clipped from here on")
    right.legend(fontsize=8)
    figure.savefig(path, dpi=110)


def lens_picture(found: dict[str, list[dict]], path: Path) -> None:
    """The gradient of the last word's loss on its way back before and after training, and the spectral norm of the steps."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(15, 5.6), layout="constrained")
    panels = figure.subplots(1, 3)
    for place, (name, runs) in enumerate(found.items()):
        line = {"linestyle": "--" if name.endswith("not clipped") else "-", "color": f"C{place}"}
        for axes, lens in zip(panels, (runs[0]["start"], runs[0].get("lens")), strict=False):
            if lens is not None:
                axes.plot(relative_norms(lens), label=name, **line)
        if "lens" in runs[0]:
            panels[2].plot(runs[0]["lens"]["distances"], runs[0]["lens"]["spectral_norms"]["layer 1"], **line)
    for axes, title in zip(panels, ("gradient, before training", "gradient, after training"), strict=False):
        label = "‖∂L/∂s[t-k]‖ / ‖∂L/∂s[t]‖"
        axes.set(xlabel="distance k in tokens", ylabel=label, yscale="log", ylim=(LEAST, None), title=title)
    panels[2].axhline(1, color="grey", linewidth=0.8)
    panels[2].set(xlabel="distance k in tokens", yscale="log", title="spectral norm of a step, after training")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    figure.savefig(path, dpi=100)


def relative_norms(lens: dict[str, Any]) -> np.ndarray:
    """The norms of the whole state's gradient, over that at distance 0; NaN below LEAST."""
    norms = np.array(lens["norms"].get("layer 1", lens["norms"]["layer 1 h"]))
    return np.where(norms > LEAST * norms[0], norms / norms[0], np.nan)


def main() -> None:
    """Prints a line for each training and a table of all."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=22)
    parser.add_argument("--size", type=int, default=6000, help="training texts; a sixth as many are tested")
    parser.add_argument("--cells", nargs="+", default=list(CELLS), choices=list(CELLS), metavar="CELL")
    parser.add_argument("--descent", action="store_true", help="gradient descent without Adam, clipped or not, instead")
    parser.add_argument("--quick", action="store_true", help="one epoch of few texts: a test of this program")
    parser.add_argument("--output", metavar="FILE.json")
    parser.add_argument("--pictures", metavar="FOLDER")
    parser.add_argument("--drawn-from", metavar="FILE.json", help="an earlier --output: nothing is trained")
    given = parser.parse_args()
    if given.descent:
        plain_descent(*((1, 120) if given.quick else (3, given.size)))
        return
    if given.drawn_from:
        found = {name: runs for name, runs in json.loads(Path(given.drawn_from).read_text()).items() if runs}
    elif given.quick:
        found = experiment(given.cells, 1, 1, 120, RATES[1:2], given.output)
    else:
        found = experiment(given.cells, given.seeds, given.epochs, given.size, RATES, given.output)
    print("\n" + "\n".join([*table(found), "", *lens_table(found)]))
    if given.pictures:
        pictures(found, Path(given.pictures))


def pictures(found: dict[str, list[dict]], folder: Path) -> None:
    """All of them."""
    accuracy_picture(found, folder / "long_dependency.png")
    lens_picture(found, folder / "gradient_norms.png")
    for name, runs in found.items():
        if "gates" in runs[0]:
            gates = {gate: np.array(values) for gate, values in runs[0]["gates"]["gates"].items()}
            gate_maps(runs[0]["gates"]["tokens"], gates, folder / f"gates_{name.lower()}.png")


if __name__ == "__main__":
    main()
