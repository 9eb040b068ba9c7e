"""A language model user's mistakes: one line on standard error, exit code 2, nothing written."""

import shutil

import pytest

FILES = {
    "empty.txt": "",
    "blank.txt": "\n\n",
    "token.txt": "token\n",
    "texts.txt": "a b\nb a\n",
    "two.txt": "a\nb\n",
    "end.txt": "a </s> b\nb\n",
    "unk.txt": "a <unk> b\n<unk>\n",
    "short.arpa": "\\data\\\nngram 1=3\n\n\\1-grams:\n-1\t<s>\n-1\t</s>\n",
    "header.arpa": "n-grams\n",
    "count.arpa": "\\data\\\nngram 1=2\n\n\\1-grams:\n-1\t<s>\n-1\t</s>\n-1\ta\n\n\\end\\\n",
    "gap.nbest": "a\n\n\nb\n",
    "first.nbest": "\na\n",
    "blank.nbest": "\n\n",
    "word.nbest": "-1\ta\nbest\tb\n",
    "nan.nbest": "nan\ta\n",
    "some.nbest": "-1\ta\nb\n",
    "more.nbest": "a\n\nb\n-1\tc\n",
    "pitches.txt": "60+64 62\n",
    "music.json": '{"train": [[[60], [62]], [[60], [64]]], "valid": [[[60]]]}',
    "folder/file": "",
}
TRAIN = ["train", "language-model"]
NGRAM = [*TRAIN, "--set", "kind=ngram"]
MISTAKES = [
    ([*TRAIN, "--set", "kind=ngrm"], "unknown kind 'ngrm' of language-model: did you mean 'ngram'? One of rnn, "),
    ([*TRAIN, "--set", "kind=ngrm", "help"], "unknown kind 'ngrm' of language-model"),
    (
        [*TRAIN, "--set", "order=3"],
        "order: the default kind has no such hyperparameter, expected kind=nnlm or kind=ngram",
    ),
    ([*NGRAM, "ordr=3"], "unknown hyperparameter 'ordr': did you mean 'order'?"),
    ([*NGRAM, "order=0"], "hyperparameter order=0: expected at least 1"),
    ([*NGRAM, "smoothing=good-turing"], "hyperparameter smoothing='good-turing': expected one of mle, "),
    ([*NGRAM, "--seed", "3"], "unknown hyperparameter 'seed'"),
    ([*TRAIN, "--scheme", "IOB1"], "--scheme with language-model: expected it with sequence-labeling alone"),
    ([*TRAIN, "--train", "texts.txt", "--token-column", "0"], "--token-column with language-model: expected it with "),
    (["train", "sequence-labeling", "--blank-lines"], "--blank-lines with sequence-labeling: expected it with "),
    ([*TRAIN, "--tokens", "char"], "--tokens without --train: expected a training file too"),
    ([*TRAIN, "--data", "jayne"], "unknown corpus 'jayne' (did you mean jane?)"),
    ([*TRAIN, "--train", "empty.txt"], "empty.txt:1: expected text, got none"),
    ([*TRAIN, "--train", "blank.txt", "--blank-lines"], "blank.txt:1: expected text, got none"),
    ([*NGRAM, "--train", "token.txt"], "expected at least 2 training examples, to hold one out for validation, got 1"),
    ([*NGRAM, "--train", "end.txt", "--valid", "two.txt"], "corpus end: a token is spelt </s>, which ends every text"),
    ([*NGRAM, "--train", "texts.txt", "--output", "folder"], "folder: exists and is not a keras-seq model"),
    ([*TRAIN, "--set", "kind=frames", "--train", "texts.txt"], "texts.txt:1: expected JSON, got something else"),
    (
        [*TRAIN, "--set", "kind=frames", "--train", "x", "--tokens", "char"],
        "--tokens with kind=frames: expected one JSON",
    ),
    ([*TRAIN, "--set", "kind=frames", "--train", "x", "y"], "--train x y: expected one file, got 2"),
    ([*TRAIN, "--set", "kind=frames"], "corpus jane: examples are Text, expected Frames"),
    ([*TRAIN, "--set", "kind=mixture"], "kind=mixture: made of two trained models"),
    (["evaluate", "ngram", "--test", "empty.txt"], "empty.txt:1: expected text, got none"),
    (["evaluate", "ngram", "--test", "texts.txt", "--strict"], "--strict with language-model: expected it with "),
    (["evaluate", "ngram", "--data", "jane", "--blank-lines"], "--blank-lines with --data: expected it with --test"),
    (["evaluate", "labeler", "--test", "texts.txt", "--blank-lines"], "--blank-lines with sequence-labeling: expected"),
    (["score", "nowhere"], "nowhere: no such directory, expected a model or an export"),
    (["score", "folder"], "folder: no SavedModel in it, expected a directory that `export` wrote"),
    (["score", "labeler"], "labeler: a pipeline of task sequence-labeling, expected a language model"),
    (["score", "labeler-serving"], "labeler-serving: an export of another task, expected a language model"),
    (
        ["score", "ngram", "--input", "two.txt", "--png", "x.png"],
        "--png draws one text, got several: expected one line",
    ),
    (["score", "ngram", "--input", "empty.txt", "--png", "x.png"], "--png draws one text, got none: expected one line"),
    (["score", "ngram", "--html", "folder"], "folder: is a directory, expected a file to write to"),
    (["score", "ngram", "--png", "no/x.png"], "no/x.png: no directory no, expected one to write to"),
    (["score", "ngram", "--input", "two.txt", "--condition", "x"], "condition='x': this model was trained without"),
    (["rank", "ngram", "--input", "gap.nbest"], "gap.nbest:3: expected a candidate, got a blank line"),
    (["rank", "ngram", "--input", "first.nbest"], "first.nbest:1: expected a candidate, got a blank line"),
    (["rank", "ngram", "--input", "blank.nbest"], "blank.nbest:1: expected a candidate, got a blank line"),
    (["rank", "ngram", "--input", "word.nbest"], "word.nbest:2: expected a number before the tab, the score in nats, "),
    (["rank", "ngram", "--input", "nan.nbest"], "nan.nbest:1: expected a number before the tab, "),
    (["rank", "ngram", "--input", "some.nbest"], "some.nbest:2: no score, but the group's first candidate has one"),
    (["rank", "ngram", "--input", "more.nbest"], "more.nbest:4: a score, but the group's first candidate has none"),
    (["rank", "ngram", "--weight", "inf"], "--weight inf: expected a finite number"),
    (["rank", "ngram", "--weight", "much"], "argument --weight: invalid float value: 'much'"),
    (["rank", "nowhere"], "nowhere: no such directory, expected a model or an export"),
    (["generate", "nowhere"], "nowhere: no such directory, expected a keras-seq model"),
    (["generate", "labeler"], "labeler: a pipeline of task sequence-labeling, expected a language model"),
    (["generate", "labeler-serving"], "labeler-serving: no pipeline.json of keras-seq in it"),
    (["generate", "ngram", "--method", "bean"], "argument --method: invalid choice: 'bean' (choose from 'sample', "),
    (["generate", "ngram", "--temperature", "0"], "hyperparameter temperature=0.0: expected at least 0.001"),
    (["generate", "ngram", "--top-p", "2"], "top_p=2.0: expected at most 1"),
    (["generate", "ngram", "--method", "greedy", "--top-k", "3"], "top_k=3 with method=greedy: expected method=sample"),
    (["generate", "ngram", "--samples", "0"], "samples=0: expected at least 1"),
    (["generate", "ngram", "--voices", "4"], "unknown hyperparameter 'voices'"),
    (["generate", "ngram", "--condition", "x"], "condition='x': this model was trained without"),
    (["generate", "ngram", "--samples", "2", "--midi", "x.mid"], "--midi with --samples: expected one of them"),
    (["generate", "ngram", "--midi", "x.mid"], "--midi: token 1: expected S and a MIDI pitch"),
    (["generate", "ngram", "--midi", "no/x.mid"], "no/x.mid: no directory no, expected one to write to"),
    (["arpa", "nowhere", "x"], "nowhere: no such directory or file, expected an n-gram model or an ARPA file"),
    (["arpa", "folder", "x"], "folder: no pipeline.json of keras-seq in it"),
    (["arpa", "labeler", "x"], "labeler: a pipeline of task sequence-labeling, expected a language model"),
    (["arpa", "rnn", "x"], "rnn: a model of kind=rnn, expected kind=ngram: ARPA holds n-grams"),
    (["arpa", "unk", "x"], "unk: <unk> is a word of the corpus, and ARPA keeps that name for itself: --spell '<unk>="),
    (["arpa", "ngram", "folder"], "folder: is a directory, expected a file to write to"),
    (["arpa", "ngram", "x", "--tokens", "char"], "--tokens with a model: expected it with an ARPA file alone"),
    (["arpa", "ngram", "x", "--spell", "Jane"], "--spell Jane is no pair: expected WORD=NAME"),
    (["arpa", "ngram", "x", "--spell", "Jane=Tom"], "are both spelt 'Tom'"),
    (["arpa", "ngram", "x", "--spell", "a=b", "--spell", "a=c"], "--spell a=c stands twice: expected WORD=NAME"),
    (["arpa", "short.arpa", "x"], "short.arpa:6: expected 3 1-grams, got 2: the file is cut short"),
    (["arpa", "header.arpa", "x"], "header.arpa:1: expected \\data\\, got 'n-grams'"),
    (["arpa", "count.arpa", "x"], "count.arpa:7: expected \\end\\ after 2 1-grams, got '-1\\ta'"),
    (["arpa", "empty.txt", "x"], "empty.txt:1: expected \\"),
    (["arpa", "short.arpa", "folder"], "folder: exists and is not a keras-seq model"),
    (["score", "music", "--html", "x.html"], "--html with a model of music: expected a model of text"),
    (["score", "music", "--input", "texts.txt"], "piece 0, step 1: expected MIDI pitches (0 to 127) joined by +"),
    (["score", "music", "--input", "pitches.txt", "--condition", "x"], "condition='x': a model of kind=frames starts"),
    (["generate", "music", "--top-k", "3"], "unknown hyperparameter 'top_k'"),
    (["generate", "music", "--prompt", "C E G"], "prompt, step 1: expected MIDI pitches"),
    (["evaluate", "music", "--test", "music.json"], "--test with a model of music: expected --data NAME"),
    (
        ["mix", "ngram", "music", "--data", "jane"],
        "mixture: got FrameLanguageModel, expected two trained language models",
    ),
    (["mix", "ngram", "rnn"], "mix: expected --data NAME or --train FILE, the corpus that the models learnt"),
    (["mix", "ngram"], "the following arguments are required: DIR2"),
    (["mix", "ngram", "nowhere", "--data", "jane"], "nowhere: no such directory, expected a keras-seq model"),
    (
        ["mix", "ngram", "labeler", "--data", "jane"],
        "labeler: a pipeline of task sequence-labeling, expected a language",
    ),
    (["mix", "ngram", "unk", "--train", "two.txt"], "vocabularies of "),
]


@pytest.fixture(scope="module")
def mistakes(tmp_path_factory, attempt, run, ngram, rnn, model, serving):
    """(exit code, standard error, what changed in the folder) of every mistaken command."""
    folder = tmp_path_factory.mktemp("language-mistakes")
    for name, content in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content)
    for name, source in {"ngram": ngram, "rnn": rnn, "labeler": model, "labeler-serving": serving}.items():
        shutil.copytree(source, folder / name)
    files = ["--train", folder / "unk.txt", "--valid", folder / "unk.txt", "--no-tracking", "--output", folder / "unk"]
    run("train", "language-model", *files, "--set", "kind=ngram", "order=2")
    music = ["--train", folder / "music.json", "--no-tracking", "--output", folder / "music"]
    run("train", "language-model", *music, "--set", "kind=frames", "units=2", "epochs=1")
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
