"""What does each option earn? The validation score of a pipeline with one option changed at a time.

    python benchmarks/ablation.py labelling --json labelling.json
    python benchmarks/ablation.py classification --seeds 0 1 2 --rows base pooling=attention
    python benchmarks/ablation.py segmentation --data pku --train 0 --last-tenth --rows base layers=2

Each study has a corpus, a base and a list of changes; every row trains anew with each of the seeds, keeps the best epoch on
the validation split and is scored there: span F1, accuracy, F1@5, BLEU or F1 of brackets, in percent. The test split stays
unseen. Where `--train` and `--valid`
are given, that many examples from the beginning are taken: an option that helps little data may do nothing for much. With
`--last-tenth` the validation split is the last tenth of train: the news of later days, say, where the test is of another
month. Reported is the mean over the seeds, what it is above that of the base, and the seconds of one training; a difference as
small as that of two seeds says nothing. `--set` changes the base. The corpora are looked for as everywhere, in $KERAS_SEQ_DATA
first; the row of word vectors is left out where GloVe's are not there.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras_seq as ks
from keras_seq.datasets import Corpus

GLOVE = Path(os.environ.get("KERAS_SEQ_DATA", ".")) / "glove_6b_50d_top" / "glove.6B.50d.top2445.txt.gz"


class Study(NamedTuple):
    """A pipeline's function, its figure, a corpus, how much of it, the options of the base, and the changes."""

    train: Callable[..., Any]
    figure: str
    corpus: str
    sizes: tuple[int, int]
    base: str
    changes: list[str]


ENCODERS = [
    "cell=gru",
    "cell=elman",
    "cell=jordan",
    "bidirectional=false",
    "layers=2",
    "weight_drop=0.3",
    "state_dropout=0.3",
]
TRAINING = ["decay=linear", "decay=plateau", "decay=none", "averaging=ema", "precision=bfloat16", "token_dropout=0"]

CONTEXTS = ["context=transform", "context_every_step=true", "bidirectional=false", "bidirectional=false context=last"]
ALONE = "bidirectional=false context=last"  # an encoder that a decoder may share its weights with

STUDIES = {
    "translation": Study(
        ks.pipelines.translation,
        "bleu",
        "multi30k",
        (8000, 500),
        "source=en target=de units=128 embedding_dim=128 max_vocabulary=3000 epochs=12 batch_size=32",
        [
            *("attention=none", "attention=none context_every_step=true", "attention=cosine", "attention=dot"),
            *("attention=additive", "attention=additive query=old", "query=old", "input_feeding=true", "coverage=true"),
            *CONTEXTS,
            *(f"{ALONE} reverse_source=true", f"{ALONE} shared_weights=true", f"{ALONE} attention=none"),
            *(f"{ALONE} attention=none reverse_source=true", "cell=lstm", "cell=elman", "cell=jordan", "layers=2"),
            *("source_unit=token target_unit=token min_count=2", "source_unit=character target_unit=character"),
            *("shared_vocabulary=true", "shared_vocabulary=true tied=both", "tied=none", "lowercase=true"),
            *("dropout=0", "dropout=0.5", "state_dropout=0.3", "weight_drop=0.3", "token_dropout=0.1"),
            *("label_smoothing=0", "sampling=linear", "sampling=sigmoid", "averaging=none", "clip_norm=0"),
            *("decay=linear", "decay=plateau", "decay=none"),
        ],
    ),
    "parsing": Study(
        ks.pipelines.translation,
        "bracket_f1",
        "treebank",
        (0, 0),
        "output=tree target_unit=token units=128 embedding_dim=128 epochs=20 criterion=bracket_f1",
        ["attention=none", "source_unit=token min_count=2", "query=old", "input_feeding=true", "coverage=true"],
    ),
    "labelling": Study(
        ks.pipelines.sequence_labeling,
        "f1",
        "conll2003",
        (2000, 1000),
        "characters=cnn epochs=12",
        [
            *("characters=none", "characters=lstm", "characters=both", "shape=true", "characters=none shape=true"),
            *("characters=none trigrams=true token_dropout=0.2", "lowercase=true", "mask_digits=false"),
            *("words=one-hot", "words=none", f"vectors={GLOVE} embedding_dim=50", "embedding_dim=50"),
            *("encoder=window", *ENCODERS, "layers=2 residual=true", "self_attention=true"),
            *("input_dropout=0 dropout=0", "output=softmax", "output=softmax label_weights=balanced", "scheme=IOB2"),
            *TRAINING,
        ],
    ),
    "segmentation": Study(
        ks.pipelines.sequence_labeling,
        "f1",
        "pku",
        (3000, 1000),
        "epochs=8",
        [
            "bigrams=true",
            "encoder=window",
            "encoder=window bigrams=true",
            "output=softmax",
            "words=one-hot",
        ],
    ),
    "joint": Study(ks.pipelines.sequence_labeling, "f1", "atis", (0, 0), "epochs=15 joint=true", ["joint=false"]),
    "classification": Study(
        ks.pipelines.classification,
        "accuracy",
        "sst2",
        (0, 0),
        "lowercase=true epochs=6",
        [
            *("pooling=last", "pooling=mean", "pooling=attention", "text_unit=subword", "text_unit=character"),
            *(
                "bigrams=true",
                "ngrams=1",
                "ngrams=2",
                "ngrams=3",
                "lowercase=false",
                "min_count=2",
                f"vectors={GLOVE} embedding_dim=50",
                "embedding_dim=50",
            ),
            *("embedding_dim=300", *ENCODERS, "dropout=0", "label_smoothing=0.1", "class_weights=balanced", *TRAINING),
        ],
    ),
    "long-texts": Study(
        ks.pipelines.classification,
        "accuracy",
        "chnsenticorp",
        (3000, 960),
        "lowercase=true pooling=attention max_length=60 epochs=8",
        [
            "long_texts=split",
            "max_length=150",
            "max_length=150 long_texts=split",
            "max_length=0",
            "max_length=0 bigrams=true",
        ],
    ),
    "dna": Study(
        ks.pipelines.classification,
        "accuracy",
        "splice",
        (0, 0),
        "units=64 positions=60 pooling=attention dropout=0.4 averaging=ema epochs=30",
        ["positions=0", "positions=0 pooling=max layers=2", "pooling=max", "cell=gru", "averaging=none", "dropout=0.2"],
    ),
    "terms": Study(
        ks.pipelines.classification,
        "f1_at_5",
        "inspec-terms",
        (0, 0),
        "lowercase=true pooling=max bigrams=true max_bigrams=10000 class_weights=balanced criterion=f1_at_5 epochs=60 "
        "patience=20 learning_rate=0.004 token_dropout=0.1 max_length=200",
        [
            "class_weights=none",
            "pooling=attention",
            "criterion=macro_f1",
            "criterion=nll",
            "bigrams=false",
            "dropout=0.1",
        ],
    ),
}


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("study", choices=STUDIES)
    parser.add_argument("--data", metavar="NAME", help="another corpus than the study's")
    parser.add_argument("--train", type=int, metavar="N", help="training examples, 0 for all")
    parser.add_argument("--valid", type=int, metavar="N", help="validation examples, 0 for all")
    parser.add_argument("--last-tenth", action="store_true", help="validate on the last tenth of train")
    parser.add_argument("--set", nargs="+", default=[], metavar="NAME=VALUE", help="of the base")
    parser.add_argument("--rows", nargs="+", metavar="CHANGE", help="instead of the study's; `base` is the base")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1])
    parser.add_argument("--json", metavar="FILE")
    return parser.parse_args()


def shortened(corpus: Corpus, train: int, valid: int) -> Corpus:
    """The first examples of each split; 0 takes all. Without the test split."""
    splits = [list(islice(examples, size or None)) for examples, size in ((corpus.train, train), (corpus.valid, valid))]
    return replace(corpus, train=splits[0], valid=splits[1], test=())


def scores(study: Study, corpus: Corpus, options: dict[str, str], seeds: list[int]) -> tuple[list[float], float]:
    """The best validation score of each seed, and the seconds of one training."""
    started = time.monotonic()
    found = []
    for seed in seeds:
        history = study.train(corpus, tracking=None, progress=False, seed=seed, **options).history
        best = max(range(len(history["valid_score"])), key=history["valid_score"].__getitem__)
        found.append(history[f"valid_{study.figure}"][best] / (100 if study.figure == "bleu" else 1))
    return found, (time.monotonic() - started) / len(seeds)


def row(change: str, found: list[float], base: list[float], seconds: float) -> str:
    """A line of the table in Markdown."""
    mean, start = sum(found) / len(found), sum(base) / len(base)
    each = ", ".join(f"{100 * score:.2f}" for score in found)
    earned = "" if change == "base" else f"{100 * (mean - start):+.2f}"
    return (
        f"| `{Path(change).name if '/' in change else change}` | {100 * mean:.2f} | {earned} | {each} | {seconds:.0f} |"
    )


def main() -> None:
    """Trains row by row; a line for each as soon as it is there."""
    given = arguments()
    study = STUDIES[given.study]
    train, valid = study.sizes
    sizes = (train if given.train is None else given.train, valid if given.valid is None else given.valid)
    corpus = ks.datasets.load(given.data or study.corpus)
    if given.last_tenth:
        before, after = ks.datasets.hold_out(corpus.train, contiguous=True)
        corpus = replace(corpus, train=before, valid=after)
    corpus = shortened(corpus, *sizes)
    base = {**ks.pipelines.assignments(study.base.split()), **ks.pipelines.assignments(given.set)}
    options = " ".join(f"{name}={value}" for name, value in base.items())
    print(f"{corpus.name}, {len(corpus.train)} / {len(corpus.valid)} examples; base: {options}\n")
    print("| change | valid | over the base | each seed | seconds |\n|---|---|---|---|---|")
    results: dict[str, list[float]] = {}
    for change in given.rows or ["base", *study.changes]:
        if str(GLOVE) in change and not GLOVE.is_file():
            continue
        changed = {} if change == "base" else ks.pipelines.assignments(change.split())
        results[change], seconds = scores(study, corpus, {**base, **changed}, given.seeds)
        print(row(change, results[change], results.get("base", results[change]), seconds), flush=True)
    if given.json:
        Path(given.json).write_text(json.dumps({"corpus": corpus.name, "base": base, "scores": results}, indent=1))


if __name__ == "__main__":
    main()
