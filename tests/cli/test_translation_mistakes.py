"""A translation user's mistakes: one line on standard error, exit code 2, nothing written."""

import shutil

import pytest

import keras_seq as ks

FILES = {
    "a.en": "go\nwalk\nwe go\n",
    "a.de": "fahren\ngehen\nwir fahren\n",
    "a.fr": "aller\nmarcher\nnous allons\n",
    "short.en": "go\nwalk\n",
    "blank.en": "\n\n\n",
    "empty.txt": "",
    "one.txt": "we go\n",
    "two.txt": "we go\nwe walk\n",
    "pair.tsv": "we go\twir fahren\n",
    "pairs.tsv": "go\tfahren\nwalk\tgehen\n",
    "tabs.txt": "go\tfahren\nwalk\n",
    "more.tsv": "go\tfahren\tnow\n",
    "named.csv": "english,german\ngo,fahren\n",
    "folder/file": "",
}
TRAIN = ["train", "translation", "--train", "a.en", "a.de", "--valid", "a.en", "a.de", "--no-tracking"]
TRANSLATE = ["translate", "translator", "--input", "two.txt"]
ONE = ["translate", "translator", "--input", "one.txt"]
SERVED = ["translate", "serving", "--input", "two.txt"]
SCORE = ["score", "translator", "--input"]
EVALUATE = ["evaluate", "translator", "--test", "a.en", "a.de"]
RERANK = ["rerank", "translator", "ngram"]
MISTAKES = [
    ([*TRAIN, "--set", "source=e", "target=de"], "source=e: corpus a has no such language, did you mean "),
    ([*TRAIN, "--set", "target=dee"], "target=dee: corpus a has no such language, did you mean de? One of en, de"),
    ([*TRAIN, "--set", "source=de", "target=de"], "source=de target=de: expected two languages"),
    ([*TRAIN, "--set", "atention=none"], "unknown hyperparameter 'atention': did you mean 'attention'?"),
    ([*TRAIN, "--set", "attention=dots"], "hyperparameter attention='dots': expected one of none, "),
    ([*TRAIN, "--set", "kind=rnn"], "unknown hyperparameter 'kind'"),
    ([*TRAIN, "--also", "borders"], "--also with translation: expected it with sequence-labeling alone"),
    (["train", "translation", "--data", "multi3k"], "unknown corpus 'multi3k' (did you mean multi30k?)"),
    (
        ["train", "translation", "--train", "short.en", "a.de"],
        "short.en: 2 lines, a.de: 3: expected equally many, short.en",
    ),
    (["train", "translation", "--train", "a.en", "blank.en"], "a.en:1: expected a text in each language, got none"),
    (["train", "translation", "--train", "a.en"], "a.en: expected a second file, parallel to it, or one file of pairs"),
    (
        ["train", "translation", "--train", "named.csv"],
        "named.csv:1: expected one column 'source', got english, german",
    ),
    (["train", "translation", "--train", "a.en", "nowhere"], "nowhere: "),
    (["translate", "nowhere"], "nowhere: no such directory, expected a model or an export"),
    (["translate", "ngram"], "ngram: a pipeline of task language-model, expected a translator"),
    (["translate", "labeler-serving"], "labeler-serving: an export of another task, expected a translator"),
    (["translate", "translator", "--input", "nowhere"], "nowhere: no such file"),
    ([*TRANSLATE, "--output", "no/x"], "no/x: no directory no, expected one to write to"),
    ([*TRANSLATE, "--bean", "5"], "unrecognized arguments: --bean 5"),
    ([*TRANSLATE, "--beam", "0"], "argument --beam: expected a whole number of at least 1, got '0'"),
    ([*TRANSLATE, "--n-best", "few"], "argument --n-best: expected a whole number of at least 1, got 'few'"),
    ([*TRANSLATE, "--method", "bean"], "argument --method: invalid choice: 'bean' (choose from 'beam', "),
    ([*TRANSLATE, "--length-penalty", "much"], "argument --length-penalty: invalid float value: 'much'"),
    ([*TRANSLATE, "--length-penalty", "-1"], "length_penalty=-1.0: expected a number of at least 0"),
    ([*TRANSLATE, "--coverage-penalty", "nan"], "coverage_penalty=nan: expected a number of at least 0"),
    ([*TRANSLATE, "--method", "greedy", "--beam", "2"], "beams=2 with method=greedy: expected method=beam"),
    ([*TRANSLATE, "--method", "greedy", "--n-best", "2"], "n_best=2 with method=greedy: expected method=beam"),
    ([*TRANSLATE, "--top-k", "3"], "top_k=3 with method=beam: expected method=sample"),
    ([*TRANSLATE, "--method", "sample", "--top-p", "2"], "top_p=2.0: expected at most 1"),
    ([*TRANSLATE, "--method", "sample", "--top-p", "0"], "top_p=0.0: expected a number of at least 1e-06"),
    ([*TRANSLATE, "--method", "sample", "--top-k", "-1"], "top_k=-1: expected a number of at least 0"),
    ([*TRANSLATE, "--method", "sample", "--temperature", "0"], "temperature=0.0: expected a number of at least 0.001"),
    ([*TRANSLATE, "--method", "sample", "--seed", "-1"], "seed=-1: expected at least 0"),
    ([*TRANSLATE, "--seed", "1"], "--seed with --method beam: expected --method sample"),
    ([*TRANSLATE, "--method", "greedy", "--seed", "1"], "--seed with --method greedy: expected --method sample"),
    ([*TRANSLATE, "--alignment"], "--alignment without --json: expected both, or --plot, which draws it"),
    ([*TRANSLATE, "--plot"], "--plot without a file: expected one to draw the alignment to"),
    ([*TRANSLATE, "--plot", "x.png"], "--plot draws one text, got several: expected one line"),
    (
        ["translate", "translator", "--input", "empty.txt", "--plot", "x.png"],
        "--plot draws one text, got none: expected",
    ),
    ([*ONE, "--plot", "no/x.png"], "no/x.png: no directory no, expected one to write to"),
    ([*ONE, "--plot", "folder"], "folder: is a directory, expected a file to write to"),
    (
        ["translate", "plain", "--input", "one.txt", "--plot", "x.png"],
        "--plot with attention=none: expected a translator",
    ),
    (
        ["translate", "plain-serving", "--input", "one.txt", "--plot", "x.png"],
        "--plot: the export is of a translator with",
    ),
    ([*TRANSLATE, "--rerank", "ngram"], "--rerank without --weight: expected one, keras-seq rerank finds it"),
    ([*TRANSLATE, "--weight", "1"], "--weight without --rerank: expected a language model too"),
    ([*TRANSLATE, "--rerank", "ngram", "--weight", "inf"], "--weight inf: expected a finite number"),
    ([*TRANSLATE, "--rerank", "ngram", "--weight", "some"], "argument --weight: invalid float value: 'some'"),
    (
        [*TRANSLATE, "--rerank", "ngram", "--weight", "1", "--method", "greedy"],
        "--rerank with --method greedy: expected --method beam, which gives several",
    ),
    ([*TRANSLATE, "--rerank", "nowhere", "--weight", "1"], "nowhere: no such directory, expected a model or an export"),
    (
        [*TRANSLATE, "--rerank", "translator", "--weight", "1"],
        "translator: a pipeline of task translation, expected a language model",
    ),
    ([*TRANSLATE, "--rerank", "music", "--weight", "1"], "music: a model of music, expected a language model of text"),
    ([*SERVED, "--beam", "3"], "--beam with an export, whose search is part of it: expected a saved model"),
    ([*SERVED, "--method", "greedy"], "--method with an export, whose search is part of it: expected a saved model"),
    ([*SERVED, "--length-penalty", "0"], "--length-penalty with an export, whose search is part of it: expected"),
    ([*SERVED, "--rerank", "ngram", "--weight", "1"], "--rerank with an export, whose search is part of it: expected"),
    ([*SERVED, "--n-best", "6"], "n_best=6: expected at most 5, for serving/1 has so many beams"),
    (
        ["predict", "serving", "--input", "two.txt", "--n-best", "6"],
        "n_best=6: expected at most 5, for serving/1 has so",
    ),
    (["predict", "translator", "--words"], "--words with a translator: expected a model of sequence-labeling"),
    (["predict", "serving", "--phrases", "2"], "--phrases with a translator: expected a model of sequence-labeling"),
    ([*SCORE, "tabs.txt"], "tabs.txt:2: expected SOURCE<TAB>TARGET, got 0 tabs"),
    ([*SCORE, "more.tsv"], "more.tsv:1: expected SOURCE<TAB>TARGET, got 2 tabs"),
    ([*SCORE, "pairs.tsv", "--html", "x.html"], "--html with a translator: expected a language model"),
    ([*SCORE, "pairs.tsv", "--condition", "x"], "--condition with a translator: expected a language model"),
    ([*SCORE, "pairs.tsv", "--png", "x.png"], "--png draws one pair, got several: expected one line"),
    ([*SCORE, "empty.txt", "--png", "x.png"], "--png draws one pair, got none: expected one line"),
    (
        ["score", "plain", "--input", "pair.tsv", "--png", "x.png"],
        "--png with attention=none: expected a translator with",
    ),
    (["score", "serving"], "serving: an export of another task, expected a language model or a saved translator"),
    (["rank", "translator"], "translator: a pipeline of task translation, expected a language model"),
    (["generate", "translator"], "translator: a pipeline of task translation, expected a language model"),
    (
        ["mix", "translator", "ngram", "--train", "a.en"],
        "translator: a pipeline of task translation, expected a language",
    ),
    (["arpa", "translator", "x.arpa"], "translator: a pipeline of task translation, expected a language model"),
    (["explain", "translator"], "translator: a pipeline of task translation, expected classification or sequence-"),
    (["evaluate", "translator"], "evaluate: expected either --data NAME or --test FILE"),
    (["evaluate", "translator", "--data", "jane"], "corpus jane: examples are Text, expected Parallel"),
    (["evaluate", "translator", "--test", "a.de", "a.en"], "--test: expected en and de in this order, got de and en"),
    (["evaluate", "translator", "--test", "a.en", "a.de", "a.fr"], "--test: expected two files, en and de, got 3"),
    (["evaluate", "translator", "--test", "short.en", "a.de"], "short.en: 2 lines, a.de: 3: expected equally many"),
    (
        ["evaluate", "translator", "--test", "a.en"],
        "a.en: expected a second file, parallel to it, or one file of pairs",
    ),
    ([*EVALUATE, "--split", "valid"], "--split with --test: expected it with --data alone"),
    ([*EVALUATE, "--confusion", "x.png"], "--confusion with translation: expected it with sequence-labeling or class"),
    ([*EVALUATE, "--reliability", "x.png"], "--reliability with translation: expected it with classification alone"),
    ([*EVALUATE, "--also", "borders"], "--also with translation: expected it with sequence-labeling alone"),
    ([*EVALUATE, "--errors", "0"], "argument --errors: expected a whole number of at least 1, got '0'"),
    (
        ["evaluate", "ngram", "--test", "one.txt", "--by-length"],
        "--by-length with language-model: expected it with translation alone",
    ),
    ([*RERANK], "rerank: expected either --data NAME or --valid FILE"),
    ([*RERANK, "--data", "dates", "--valid", "a.en", "a.de"], "rerank: expected either --data NAME or --valid FILE"),
    ([*RERANK, "--valid", "a.de", "a.en"], "--valid: expected en and de in this order, got de and en"),
    ([*RERANK, "--valid", "a.en"], "a.en: expected a second file, parallel to it, or one file of pairs"),
    ([*RERANK, "--valid", "a.en", "a.de", "--header"], "--header with 2 files: expected it with pairs"),
    (
        [*RERANK, "--data", "dates", "--source-column", "1"],
        "--source-column with --data: expected it with --valid FILE",
    ),
    ([*RERANK, "--valid", "a.en", "a.de", "--measure", "blue"], "argument --measure: invalid choice: 'blue' (choose "),
    ([*RERANK, "--valid", "a.en", "a.de", "--n-best", "0"], "argument --n-best: expected a whole number of at least 1"),
    (["rerank", "translator", "--data", "dates"], "the following arguments are required: LM_DIR"),
    (
        ["rerank", "ngram", "translator", "--data", "dates"],
        "ngram: a pipeline of task language-model, expected a transl",
    ),
    (
        ["rerank", "translator", "translator", "--data", "dates"],
        "translator: a pipeline of task translation, expected a",
    ),
    (
        ["rerank", "translator", "music", "--data", "dates"],
        "music: a model of music, expected a language model of text",
    ),
    (["rerank", "serving", "ngram", "--data", "dates"], "serving: no pipeline.json of keras-seq in it"),
]


def untrained(pipeline, corpus):
    """With the weights that it starts from."""
    pipeline.learn(corpus)
    pipeline.model = pipeline.network()
    return pipeline


@pytest.fixture(scope="module")
def mistakes(tmp_path_factory, attempt, translator, translator_serving, ngram, serving):
    """(exit code, standard error, what changed in the folder) of every mistaken command."""
    folder = tmp_path_factory.mktemp("translation-mistakes")
    for name, content in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content)
    models = {"translator": translator, "serving": translator_serving, "ngram": ngram, "labeler-serving": serving}
    for name, source in models.items():
        shutil.copytree(source, folder / name)
    pairs = ks.datasets.Corpus.from_pairs([("we go", "wir fahren"), ("we", "wir")] * 2)
    options = {"units": 2, "embedding_dim": 2, "source_unit": "token", "target_unit": "token", "attention": "none"}
    plain = untrained(ks.pipelines.Translator(**options), pairs)
    plain.save(folder / "plain")
    plain.export(folder / "plain-serving")
    music = ks.datasets.Corpus.from_frames([[[60], [62]]] * 2, [[[60]]])
    untrained(ks.pipelines.FrameLanguageModel(units=2), music).save(folder / "music")
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
