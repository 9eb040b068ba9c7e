"""How fast are labelling and classification as a whole? Ours beside `keras.layers` and torch, in training and in serving.

    python benchmarks/labelling.py --json labelling.json
    python benchmarks/labelling.py --tasks labeler labeler-serving-1 --labelling conll2003
    python benchmarks/labelling.py --quick

Tasks, each with the default network of its pipeline:

    labeler                        training: embedding, BiLSTM, CRF with the constraints of BIOES
    labeler-softmax                the same with a softmax for each token: no CRF in it
    classifier                     training: embedding, BiLSTM, the maximum over time, softmax
    labeler-serving-1, -64         answers, 1 or 64 texts a call: latency and throughput
    classifier-serving-1, -64

The corpora are ATIS and SST-2 where $KERAS_SEQ_DATA has them, else the generated ticket desk.

Every contender has a process of its own and gets the same batches, cut once by the pipeline: bucketed by length, those of
one pass over 2,048 training sentences drawn by seed. First, without dropout, all must compute the same from the same weights:
the loss of a batch without padding, and the losses of three training steps; served, the same labels. If they do not, the exit
code is 1. Then every shape is run once, and the contenders take turns, one running at a time: a round is each of them
once, for one pass or about 0.7 seconds. Machines drift, so only ratios within a round mean anything: reported is the median of
the rounds' ratios with their range. Measure on an idle machine.

Training. All have the same dropout, optimizer (Adam), schedule and clipping. `ours` is compiled as the pipeline does it.
`keras` is the same model with `keras.layers.Bidirectional(keras.layers.LSTM)` in place of our layer: its embedding, its CRF
and its loss are ours, so it is faster or slower by the recurrence alone. `ours-xla` and `keras-xla` compile the whole step, the
CRF with it. `torch-packed` packs sequences, `torch-padded` lets the direction from the right begin in the padding, so that it
learns another function. torch's CRF is written for this benchmark with a product a step, in float32, where ours sums in
float64; its batches are ready tensors, and have no rows of padding.

Serving. `ours` is the exported SavedModel in a Session: strings in; tokens, labels, probabilities of labels and of spans out.
`predict` is the same in Python, with objects as answers. `keras-ids` is the network with Keras' layers, exported by
`keras.Model.export`: ids in, ids of the best labels out is all that it can do, so tokens, vocabulary and probabilities are not
in its time. `ours-ids` is our network exported in that way, for a comparison on equal terms. Weights are those before
training: no time depends on them.

`--quick` takes tiny sizes to test this program. Its numbers say nothing. A GPU, where there is one, is used by all.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from contenders import race, report, task_report, tasks
from contenders.tasks import TASKS, Task

SECONDS = 0.7  # of a contender's turn, or one pass where that takes longer
CONTENDERS = list(dict.fromkeys(tasks.TRAINERS + tasks.SERVERS))
CORPORA = {"labeler": "atis", "classifier": "sst2"}
GENERATED = "ticket-desk"
NOT_QUICK = {"ours-xla", "keras-xla"}  # whose whole step is compiled for each shape


def arguments() -> argparse.Namespace:
    """The command line."""
    names = [task.name for task in TASKS]
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tasks", nargs="+", choices=names, metavar="NAME", help=f"of {', '.join(names)}")
    parser.add_argument(
        "--contenders", nargs="+", choices=CONTENDERS, metavar="NAME", help=f"of {', '.join(CONTENDERS)}"
    )
    parser.add_argument("--labelling", metavar="CORPUS", help="for the labeller")
    parser.add_argument("--classification", metavar="CORPUS", help="for the classifier")
    parser.add_argument("--texts", type=int, metavar="N", help="sentences of one pass of training, instead of 2048")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="tiny sizes, two rounds: a test of this program")
    parser.add_argument("--json", metavar="FILE")
    return parser.parse_args()


def chosen(given: argparse.Namespace) -> list[Task]:
    """The tasks to run, with their corpora."""
    named = {"labeler": given.labelling, "classifier": given.classification}
    found = [
        replace(task, corpus=named[task.pipeline] or corpus(task.pipeline, given.quick))
        for task in TASKS
        if not given.tasks or task.name in given.tasks
    ]
    if given.texts:
        found = [task if task.batch else replace(task, texts=given.texts) for task in found]
    return [task.tiny() for task in found] if given.quick else found


def corpus(pipeline: str, quick: bool) -> str:
    """The usual one, where it lies on this machine."""
    folder = Path(os.environ.get("KERAS_SEQ_DATA") or os.devnull) / CORPORA[pipeline]
    return CORPORA[pipeline] if folder.is_dir() and not quick else GENERATED


@contextmanager
def prepared(task: Task) -> Iterator[Task]:
    """The task with its data in a folder that lives as long as it runs."""
    with tempfile.TemporaryDirectory() as folder:
        words = json.dumps(asdict(replace(task, folder=folder)))
        command = [sys.executable, "-m", "contenders.task_preparation", words]
        environment = race.ENVIRONMENT | os.environ
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=Path(__file__).parent, env=environment, check=False
        )
        if done.returncode:
            raise SystemExit(f"{task.name}: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")
        yield Task(**json.loads(done.stdout))


def run(task: Task, given: argparse.Namespace) -> race.Result:
    """One task among the contenders that were asked for and are installed."""
    asked = given.contenders or [name for name in CONTENDERS if not (given.quick and name in NOT_QUICK)]
    names = [name for name in tasks.contenders(task) if name in asked]
    rounds, seconds = (2, 0.05) if given.quick else (given.rounds, SECONDS)
    with prepared(task) as ready:
        return race.race(
            ready, race.installed(names), rounds, seconds, lambda result: tasks.disagreements(result.computed)
        )


def main() -> int:
    """Prints a table for each task as soon as it is measured."""
    given = arguments()
    facts = report.environment()
    print("\n".join(report.introduction(facts)), flush=True)
    results = []
    for task in chosen(given):
        results.append(run(task, given))
        print("\n".join(task_report.table(results[-1])), flush=True)
    if given.json:
        measured = {"environment": facts, "results": [task_report.facts(result) for result in results]}
        Path(given.json).write_text(json.dumps(measured, indent=1) + "\n")
    return int(any(result.failures for result in results))


if __name__ == "__main__":
    raise SystemExit(main())
