"""What does each way of searching earn? The validation figures of one saved translator, searched in different ways.

    python benchmarks/decoding_options.py models/multi30k --data multi30k
    python benchmarks/decoding_options.py models/multi30k --data multi30k --beams 1 5 10 --alphas 0 0.6 1 --betas 0 0.2

A row for greedy search, for drawing, and for every width of the beam with every length penalty α and coverage penalty β: BLEU,
chrF, exact matches, and the seconds that the search took. The test split stays unseen.
"""

import argparse
import os
import time
from itertools import product
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras_seq as ks
from keras_seq.pipelines.translation_metrics import bleu_tokenizer, translation_evaluation


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("model", metavar="DIR")
    parser.add_argument("--data", required=True, metavar="NAME")
    parser.add_argument("--beams", nargs="+", type=int, default=[2, 5, 10])
    parser.add_argument("--alphas", nargs="+", type=float, default=[0.0, 0.6, 1.0, 1.4])
    parser.add_argument("--betas", nargs="+", type=float, default=[0.0, 0.1, 0.2])
    return parser.parse_args()


def ways(given: argparse.Namespace) -> list[dict[str, Any]]:
    """The options of `translate`, a dict for each row."""
    beams = product(given.beams, given.alphas, given.betas)
    return [
        {"method": "greedy"},
        {"method": "sample"},
        {"method": "sample", "temperature": 0.5},
        {"method": "sample", "top_k": 5},
        {"method": "sample", "top_p": 0.8},
        *({"beam": n, "length_penalty": alpha, "coverage_penalty": beta} for n, alpha, beta in beams),
    ]


def main() -> None:
    """A line for each way as soon as it is there."""
    given = arguments()
    translator = ks.pipelines.load(given.model)
    valid = list(ks.datasets.load(given.data).valid)
    sources, references = ([pair.texts[place] for pair in valid] for place in translator.places)
    tokenizer = bleu_tokenizer(translator.languages[1], translator.target.tokenizer.rule)
    print(f"{given.data}, {len(valid)} pairs of the validation split\n")
    print("| search | BLEU | chrF | exact | seconds |\n|---|---|---|---|---|")
    for way in ways(given):
        started = time.monotonic()
        found = [each.translation for each in translator.translate(sources, **way)]
        seconds = time.monotonic() - started
        figures = translation_evaluation(found, references, tokenizer)
        name = " ".join(f"{option}={value}" for option, value in way.items())
        cells = f"{figures['bleu']:.2f} | {figures['chrf']:.2f} | {figures['exact_match']:.2%} | {seconds:.1f}"
        print(f"| `{name}` | {cells} |", flush=True)


if __name__ == "__main__":
    main()
