"""A classification user's mistakes, and those of repeated runs: one line on standard error, exit code 2, nothing written."""

import shutil

import pytest

FILES = {
    "short.tsv": "fine\tgood\nfine\n",
    "fine.tsv": "fine\tgood\ndull\tbad\nso so\tbad\n",
    "blank.tsv": " \tgood\n",
    "empty.tsv": "",
    "texts.txt": "a b\nb a\n",
    "two.txt": "a\nb\n",
    "reviews.csv": "review,stars\nfine,5\n",
    "mixed.jsonl": '{"text": "fine", "label": "good"}\n{"text": "dull", "label": ["bad"]}\n',
    "fine.conll": "a O\n\nb B-city\n",
    "fine.conllu": "1\ta\t_\tDET\tDT\t_\t_\t_\t_\t_\n",
    "words.txt": "a b\n",
    "folder/file": "",
}
TRAIN = ["train", "classification"]
FINE = [*TRAIN, "--train", "fine.tsv", "--valid", "fine.tsv"]
TAG = ["train", "sequence-labeling"]
LANGUAGE = ["train", "language-model", "--train", "texts.txt"]
MISTAKES = [
    ([*TRAIN, "--train", "short.tsv"], "short.tsv:2: expected 2 columns, got 1"),
    ([*TRAIN, "--train", "blank.tsv"], "blank.tsv:1: expected a text of at least one character, got ' '"),
    ([*TRAIN, "--train", "empty.tsv"], "empty.tsv:1: expected labelled texts, got none"),
    ([*TRAIN, "--train", "texts.txt"], "texts.txt: expected a file that ends in .tsv, .csv or .jsonl"),
    ([*TRAIN, "--train", "reviews.csv"], "reviews.csv:1: expected one column 'text', got review, stars"),
    ([*TRAIN, "--train", "mixed.jsonl"], "mixed.jsonl:2: expected one label as in the first text, got ['bad']"),
    ([*TRAIN, "--train", "fine.tsv", "short.tsv"], "--train fine.tsv short.tsv: expected one file, got 2"),
    ([*FINE, "--test", "fine.tsv", "x", "y"], "--test fine.tsv x y: expected one file, got 3"),
    ([*TAG, "--train", "fine.conll", "words.txt"], "--train fine.conll words.txt: expected one file, got 2"),
    ([*LANGUAGE, "two.txt"], "--train texts.txt two.txt: expected one file, got 2"),
    (["evaluate", "classifier", "--test", "fine.tsv", "x.tsv"], "--test fine.tsv x.tsv: expected one file, got 2"),
    ([*FINE, "--target-tokens", "char"], "--target-tokens with classification: expected it with translation alone"),
    ([*FINE, "--text-column", "review"], "fine.tsv: column 'review': expected a number from 0, without a header"),
    ([*FINE, "--label-column", "7"], "fine.tsv:1: no column 7"),
    ([*FINE, "--label-column", "0"], "fine.tsv:1: expected different columns, got 0, 0"),
    ([*FINE, "--separator", ""], "separator: expected at least one character, got ''"),
    ([*FINE, "--scheme", "IOB1"], "--scheme with classification: expected it with sequence-labeling alone"),
    ([*FINE, "--also", "borders"], "--also with classification: expected it with sequence-labeling alone"),
    ([*LANGUAGE, "--also", "borders"], "--also with language-model: expected it with sequence-labeling alone"),
    ([*FINE, "--format", "conllu"], "--format with classification: expected it with sequence-labeling alone"),
    ([*FINE, "--blank-lines"], "--blank-lines with classification: expected it with language-model alone"),
    ([*TRAIN, "--no-header"], "--header without --train: expected a training file too"),
    ([*FINE, "--set", "poling=max"], "unknown hyperparameter 'poling': did you mean 'pooling'?"),
    ([*TAG, "--train", "fine.conll", "--header"], "--header with sequence-labeling: expected it with classification"),
    ([*LANGUAGE, "--label-column", "1"], "--label-column with language-model: expected it with classification alone"),
    ([*TAG, "--train", "fine.conllu", "--scheme", "IOB1"], "--scheme with --format conllu: expected it with columns"),
    (
        [*TAG, "--train", "fine.conll", "--format", "segmented", "--tokens", "word"],
        "--tokens with --format segmented: expected it with columns or conllu",
    ),
    (
        [*TAG, "--train", "fine.conll", "--tag-column", "upos"],
        "--tag-column upos with --format columns: expected a num",
    ),
    (
        [*TAG, "--train", "fine.conllu", "--tag-column", "3"],
        "--tag-column 3 with --format conllu: expected upos or xpos",
    ),
    ([*TAG, "--train", "fine.conllu", "--tag-column", "pos"], "unknown column 'pos': expected one of upos, xpos"),
    ([*TAG, "--train", "fine.conll", "--format", "conllu"], "fine.conll:1: expected 10 columns apart by tabs, got 1"),
    ([*TAG, "--train", "fine.conll", "--format", "conll"], "argument --format: invalid choice: 'conll'"),
    ([*TAG, "--format", "columns"], "--format without --train: expected a training file too"),
    ([*FINE, "--seeds", "0", "1", "--folds", "3"], "--seeds and --folds: expected one of them"),
    ([*FINE, "--seeds", "0", "1", "--seed", "3"], "--seeds and --seed: expected one of them"),
    ([*FINE, "--seeds", "0", "1", "--set", "seed=3"], "--seeds and --set seed=...: expected one of them"),
    ([*FINE, "--seeds", "0", "1", "0"], "seed 0 stands twice: expected different seeds"),
    ([*FINE, "--seeds", "7"], "1 seeds: expected at least 2, for a mean and its deviation"),
    ([*FINE, "--seeds", "0", "-1"], "hyperparameter seed=-1: expected at least 0"),
    ([*FINE, "--seeds", "0", "x"], "argument --seeds: invalid int value: 'x'"),
    ([*FINE, "--seeds"], "argument --seeds: expected at least one argument"),
    ([*FINE, "--seeds", "0", "1", "--output", "folder/file"], "folder/file: is a file, expected a directory"),
    ([*FINE, "--folds", "2"], "2 folds: expected at least 3, for training, validation and test"),
    ([*FINE, "--folds", "0"], "argument --folds: expected a whole number of at least 1, got '0'"),
    ([*FINE, "--folds", "4"], "4 folds of 3 different examples: expected at most as many folds"),
    ([*LANGUAGE, "--folds", "3"], "--folds with language-model: expected it with sequence-labeling or classification"),
    ([*LANGUAGE, "--baseline"], "--baseline with language-model: expected it with sequence-labeling or classification"),
    ([*LANGUAGE, "--seeds", "0", "1", "--set", "kind=ngram"], "unknown hyperparameter 'seed'"),
    (["evaluate", "classifier", "--test", "fine.tsv", "--strict"], "--strict with classification: expected it with"),
    (["evaluate", "classifier", "--data", "sst2", "--no-header"], "--header with --data: expected it with --test FILE"),
    (
        ["evaluate", "classifier", "--test", "fine.tsv", "--errors", "0"],
        "argument --errors: expected a whole number of",
    ),
    (
        ["evaluate", "ngram", "--test", "texts.txt", "--errors"],
        "--errors with language-model: expected it with sequence-",
    ),
    (
        ["evaluate", "ngram", "--test", "texts.txt", "--confusion", "confusion.png"],
        "--confusion with language-model: expected it with sequence-",
    ),
    (
        ["evaluate", "classifier", "--test", "fine.tsv", "--confusion", "no/x.png"],
        "no/x.png: no directory no, expected",
    ),
    (
        ["evaluate", "classifier", "--test", "fine.tsv", "--also", "borders"],
        "--also with classification: expected it with",
    ),
    (
        ["evaluate", "labeler", "--data", "ticket-desk", "--reliability", "x.png"],
        "--reliability with sequence-labeling: expected it with classification alone",
    ),
    (["explain", "ngram"], "ngram: a pipeline of task language-model, expected classification or sequence-labeling"),
    (["explain", "serving"], "serving: no pipeline.json of keras-seq in it"),
    (
        ["explain", "labeler", "--method", "occlusion"],
        "--method with sequence-labeling: expected it with classification",
    ),
    (["explain", "labeler", "--png", "x.png"], "--png with sequence-labeling: expected it with classification alone"),
    (["explain", "classifier", "--method", "gradients"], "argument --method: invalid choice: 'gradients'"),
    (
        ["explain", "classifier", "--input", "two.txt", "--label", "dest"],
        "label 'dest', expected one of destination, origin",
    ),
    (["explain", "classifier", "--input", "two.txt", "--png", "x.png"], "--png draws one text, got several"),
    (["explain", "classifier", "--html", "no/x.html"], "no/x.html: no directory no, expected one to write to"),
    (["predict", "classifier", "--words"], "--words with another model than a labeller: expected a model of sequence-"),
    (
        ["predict", "ngram", "--n-best", "3"],
        "--n-best with another model than a labeller: expected a model of sequence-",
    ),
    (["predict", "serving", "--n-best", "3"], "--n-best with an export, which gives the best labeling alone"),
    (["predict", "labeler", "--n-best", "no"], "argument --n-best: expected a whole number of at least 1, got 'no'"),
    (["predict", "labeler", "--words", "--json"], "--words and --json: expected one of them"),
    (["predict", "labeler", "--words", "--phrases", "5"], "--words and --phrases: expected one of them"),
    (["predict", "classifier", "--phrases", "5"], "--phrases with another model than a labeller: expected a model of"),
    (["predict", "labeler", "--words"], "--words with the labels destination, origin: expected a labeller of words"),
]


@pytest.fixture(scope="module")
def mistakes(tmp_path_factory, attempt, classifier, ngram, model, serving):
    """(exit code, standard error, what changed in the folder) of every mistaken command."""
    folder = tmp_path_factory.mktemp("classification-mistakes")
    for name, content in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content)
    for name, source in {"classifier": classifier, "ngram": ngram, "labeler": model, "serving": serving}.items():
        shutil.copytree(source, folder / name)
    return attempt(folder, [words for words, _ in MISTAKES])


@pytest.mark.parametrize("number", range(len(MISTAKES)), ids=[" ".join(words) for words, _ in MISTAKES])
def test_a_mistake_is_one_line_and_exit_code_2_and_writes_nothing(mistakes, number):
    code, errors, changes = mistakes[number]
    words, message = MISTAKES[number]
    *before, last = errors.splitlines()
    assert message in last, words
    assert (code, last.startswith("keras-seq")) == (2, True)
    assert not [line for line in before if "Traceback" in line or line.startswith("keras-seq")]
    assert not changes
