"""The main job from end to end on the generated ticket desk: `make demo`, or `python -m keras_seq.demo`."""

from __future__ import annotations

import logging
import subprocess
import sys
from io import TextIOWrapper

from .cli import quiet_start

MODEL, SERVING = "models/ticket-desk", "serving/ticket-desk"
TEXTS = ["我一月一号去郑州", "我一月一号离开郑州"]


def main(epochs: int = 15) -> None:
    """Trains, scores, labels, explains, saves, exports, and asks the export the same in a process of its own."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # whatever the locale
    logging.basicConfig(format="%(message)s", level="WARNING")
    logging.getLogger("keras_seq").setLevel("INFO")
    with quiet_start():
        from . import datasets, pipelines

    _step("train a labeller for the slots time, origin and destination")
    corpus = datasets.load("ticket-desk")
    tagger = pipelines.sequence_labeling(corpus, epochs=epochs, joint=True)

    _step(f"span F1 on {len(corpus.test)} held-out sentences with cities that training never saw")
    evaluation = tagger.evaluate(corpus.test)
    pipelines.log_figures(tagger.run_id, evaluation)
    print(evaluation)

    _step("the same city, another role: the verb before it decides")
    for text in TEXTS:
        print(f"{text}\t{tagger.predict(text)}")
    print(tagger.explain(TEXTS[0]))

    _step("save, and export a SavedModel")
    tagger.save(MODEL)
    version = tagger.export(SERVING)
    print(f"model: {MODEL}\nSavedModel: {version}")

    _step("a fresh process loads the SavedModel through a Session")
    command = [sys.executable, "-m", "keras_seq", "predict", str(version)]
    asked = "\n".join(TEXTS).encode()
    answer = subprocess.run(command, input=asked, stdout=subprocess.PIPE, check=False).stdout.decode()
    print(answer, end="")
    same = answer.splitlines() == [f"{text}\t{tagger.predict(text)}" for text in TEXTS]
    print("the same labels as in Python" if same else "NOT the labels that Python gave")

    if tagger.run_id:
        _step(f"MLflow run {tagger.run_id}: curves, figures and the model; look at it with")
        print(f"mlflow ui --backend-store-uri {pipelines.tracking_uri()}")
    if not same:
        raise SystemExit(1)


def _step(text: str) -> None:
    print(f"\n== {text}", flush=True)


if __name__ == "__main__":
    main()
