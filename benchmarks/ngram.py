"""How fast is an n-gram model made, asked and written? Beside KenLM's Python package, where that is installed.

    python benchmarks/ngram.py                       # the Penn Treebank by name, order 5
    python benchmarks/ngram.py --data ptb --order 3 --rounds 7 --output ngram.json

Counting and estimating begin with ids in memory and end with the model; scoring begins with ids and ends with log p of each
token. Memory is the process' largest, TensorFlow's own included, which is told apart. KenLM is asked sentence by sentence, as
its Python package allows. Needs the corpus, see `keras-seq data`.
"""

import argparse
import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import keras_seq as ks
from keras_seq.layers import ESTIMATORS, count_ngrams, with_borders


def seconds(action: Callable[[], Any], rounds: int) -> tuple[float, Any]:
    """The median time, and the last result."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        result = action()
        times.append(time.perf_counter() - start)
    return statistics.median(times), result


def peak() -> float:
    """The process' largest memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(data: str, order: int, rounds: int) -> dict[str, float]:
    """All figures of one corpus."""
    before = peak()
    corpus = ks.datasets.load(data)
    model = ks.pipelines.NgramLanguageModel(order=order)
    model.learn(corpus)
    ids = model.encode(corpus.train)
    encoded = peak()
    inner = np.ones(len(ids.values), bool)
    inner[ids.splits[1:] - 1] = False
    tokens, depth = with_borders(ids.values[inner], ids.lengths - 1)
    size = len(model.text)
    estimating, _ = seconds(lambda: ESTIMATORS["kneser-ney"](count_ngrams(tokens, depth, order, size)), rounds)
    figures = {
        "memory of libraries, MB": before,
        "memory with the ids, MB": encoded,
        "memory at most, MB": peak(),
        "counting and estimating, s": estimating,
    }
    model.fit(corpus, tracking=None)
    test = model.encode(corpus.test)
    scoring, found = seconds(lambda: model.log_probabilities(test), rounds)
    figures |= {"perplexity": float(np.exp(-found.mean())), "tokens scored a second": len(test.values) / scoring}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.arpa"
        figures["writing ARPA, s"], _ = seconds(lambda: model.write_arpa(path, {"<unk>": "<rare>"}), 1)
        figures["reading ARPA, s"], _ = seconds(lambda: ks.pipelines.NgramLanguageModel.read_arpa(path), 1)
        return figures | beside_kenlm(path, corpus, found, rounds)


def beside_kenlm(path: Path, corpus: ks.datasets.Corpus, ours: np.ndarray, rounds: int) -> dict[str, float]:
    """The same by KenLM, and the largest difference between its log p and ours."""
    try:
        import kenlm
    except ImportError:
        print("kenlm is not installed: pip install kenlm", file=sys.stderr)
        return {}
    loading, model = seconds(lambda: kenlm.Model(str(path)), 1)
    lines = [" ".join("<rare>" if w == "<unk>" else w for w in example.text.split()) for example in corpus.test]
    scoring, found = seconds(lambda: [[x[0] for x in model.full_scores(line)] for line in lines], rounds)
    theirs = np.concatenate(found) * np.log(10)
    return {
        "KenLM reads ARPA, s": loading,
        "KenLM scores tokens a second": len(theirs) / scoring,
        "largest difference of log p": float(np.abs(theirs - ours).max()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="ptb")
    parser.add_argument("--order", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    figures = measure(arguments.data, arguments.order, arguments.rounds)
    for name, value in figures.items():
        print(f"{name:32} {value:,.7g}")
    if arguments.output:
        arguments.output.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
