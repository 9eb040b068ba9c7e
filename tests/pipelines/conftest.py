"""Two small labellers, two classifiers and a language model of each kind, trained once for all tests."""

import json
import random
import subprocess
import sys

import keras
import numpy as np
import pytest

import keras_seq as ks

FILLERS = "we please now the train tomorrow and a ticket".split()
CITIES = "Rome Paris Oslo Bern Prague Vienna Lima Cairo".split()


def rule_examples(count, seed):
    """Sentences in which one word, `to` or `from`, decides which slot the city fills; each with a label of its own."""
    draw = random.Random(seed)
    examples = []
    for _ in range(count):
        word = draw.choice(["to", "from"])
        tokens = [*draw.choices(FILLERS, k=draw.randint(0, 3)), word, draw.choice(CITIES)]
        tokens += draw.choices(FILLERS, k=draw.randint(0, 4))
        slot = {"to": "B-destination", "from": "B-origin"}[word]
        examples.append((tokens, [slot if token in CITIES else "O" for token in tokens], word))
    return examples


@pytest.fixture(scope="session")
def rule():
    """The corpus in which one word decides, English, tokens apart by spaces."""
    splits = (rule_examples(count, seed) for seed, count in enumerate((120, 20, 37)))
    return ks.datasets.Corpus.from_lists(*splits, name="rule")


@pytest.fixture(scope="session")
def two_lengths(rule):
    """The same with sentences of four and of six tokens alone, for networks that take long to compile for a length."""
    splits = ([e for e in getattr(rule, split) if len(e.tokens) in (4, 6)] for split in ("train", "valid", "test"))
    return ks.datasets.Corpus("two lengths", *splits)


@pytest.fixture(scope="session")
def desk():
    """A small ticket desk, Chinese, a token for each character."""
    return ks.datasets.ticket_desk("zh", size=180)


@pytest.fixture(scope="session")
def tagger(desk):
    """LSTM from both ends, CRF, IOB2, with the label of the sentence."""
    options = {"units": 16, "embedding_dim": 16, "learning_rate": 0.03, "input_dropout": 0.2, "dropout": 0.2}
    kinds = {"cell": "lstm", "output": "crf", "scheme": "IOB2", "joint": True, "batch_size": 16, "epochs": 8}
    return ks.pipelines.SequenceLabeler(**options, **kinds, mask_digits=False).fit(desk, tracking=None, progress=False)


@pytest.fixture(scope="session")
def speller(rule):
    """Two GRU layers from the left, letters, softmax, BIOES, words folded."""
    options = {"units": 16, "embedding_dim": 16, "learning_rate": 0.01, "input_dropout": 0.0, "dropout": 0.0}
    kinds = {"cell": "gru", "layers": 2, "bidirectional": False, "output": "softmax", "scheme": "BIOES"}
    words = {"characters": "cnn", "character_units": 6, "max_characters": 5, "lowercase": True, "mask_digits": True}
    labeler = ks.pipelines.SequenceLabeler(**options, **kinds, **words, batch_size=16, epochs=16)
    return labeler.fit(rule, tracking=None, progress=False)


@pytest.fixture(scope="session", params=["tagger", "speller"])
def labeler(request):
    """Either of the two."""
    return request.getfixturevalue(request.param)


STORY = [
    "the cat is small",
    "the dog is small",
    "a dog is here",
    "the house is here",
    "the cat is here",
    "walking home after school",
    "walking home after work",
    "the house is small after school",
]


@pytest.fixture(scope="session")
def story():
    """A corpus of eight sentences, several times."""
    return ks.datasets.Corpus.from_texts(STORY * 5, STORY, STORY[:5], name="story")


@pytest.fixture(scope="session")
def ngram(story):
    """A model of trigrams."""
    return ks.pipelines.NgramLanguageModel(order=3).fit(story, tracking=None, progress=False)


@pytest.fixture(scope="session")
def nnlm(story):
    """A window of two words."""
    options = {"order": 3, "units": 12, "embedding_dim": 8, "batch_size": 32, "learning_rate": 0.05, "epochs": 8}
    return ks.pipelines.WindowLanguageModel(**options, direct=True).fit(story, tracking=None, progress=False)


@pytest.fixture(scope="session")
def rnn(story):
    """One LSTM layer, whose state goes on from sentence to sentence."""
    options = {"units": 12, "layers": 1, "batch_size": 4, "steps": 8, "optimizer": "adam", "epochs": 12}
    return ks.pipelines.RecurrentLanguageModel(**options, learning_rate=0.03).fit(story, tracking=None, progress=False)


@pytest.fixture(scope="session", params=["ngram", "nnlm", "rnn"])
def writer(request):
    """Each of the three."""
    return request.getfixturevalue(request.param)


def reviews_by_rule(count, seed):
    """Six words each: the label follows from the word that judges, turned round where `not` stands before it."""
    draw = random.Random(seed)
    examples = []
    for _ in range(count):
        word, turned = draw.choice(["fine", "great", "poor", "dull"]), draw.random() < 0.5
        words = draw.choices("a film is this one but".split(), k=4)
        place = draw.randint(0, 4)
        words[place:place] = ["not" if turned else "so", word]
        examples.append((" ".join(words), "good" if (word in ("fine", "great")) != turned else "bad"))
    return examples


@pytest.fixture(scope="session")
def reviews():
    """A corpus in which two words, and their order, decide."""
    splits = (reviews_by_rule(count, seed) for seed, count in enumerate((200, 30, 40)))
    return ks.datasets.Corpus.from_texts(*splits, name="reviews")


@pytest.fixture(scope="session")
def critic(reviews):
    """GRU from both ends, attention, one label a text."""
    options = {"cell": "gru", "units": 16, "embedding_dim": 8, "pooling": "attention", "batch_size": 20, "epochs": 12}
    model = ks.pipelines.Classifier(**options, dropout=0.1, token_dropout=0.02, learning_rate=0.02)
    return model.fit(reviews, tracking=None, progress=False)


TOPICS = {"soup": "food", "bread": "food", "cook": "staff", "waiter": "staff", "cheap": "price", "dear": "price"}


def topics_by_rule(count, seed):
    """Eight words each, with a label for each topic; both halves name all topics of a text, often none."""
    draw = random.Random(seed)
    examples = []
    for _ in range(count):
        labels = sorted(draw.sample(["food", "price", "staff"], draw.randint(0, 2)))
        words = []
        for _ in range(2):
            half = [draw.choice([word for word in TOPICS if TOPICS[word] == label]) for label in labels]
            half += draw.choices("the a was and we".split(), k=4 - len(half))
            words += draw.sample(half, 4)
        examples.append((" ".join(words), tuple(labels)))
    return examples


@pytest.fixture(scope="session")
def topics():
    """A corpus of texts with any number of labels."""
    splits = (topics_by_rule(count, seed) for seed, count in enumerate((160, 30, 40)))
    return ks.datasets.Corpus.from_texts(*splits, name="topics")


@pytest.fixture(scope="session")
def sorter(topics):
    """Elman from the left, the maximum, several labels a text, texts in pieces of four words."""
    options = {"cell": "elman", "units": 16, "embedding_dim": 8, "bidirectional": False, "batch_size": 20, "epochs": 10}
    lengths = {"max_length": 4, "long_texts": "split"}
    model = ks.pipelines.Classifier(**options, **lengths, pooling="max", dropout=0.0, learning_rate=0.02)
    return model.fit(topics, tracking=None, progress=False)


@pytest.fixture(scope="session")
def cat_texts():
    """Four texts with one label each."""
    texts = [("The cat sat", "x"), ("the dog", "y"), ("a cat", "x"), ("the the", "x")]
    return ks.datasets.Corpus.from_texts(texts, [("a", "x")])


@pytest.fixture(scope="session")
def untrained(cat_texts):
    """untrained(corpus, **options): a small classifier with the weights that it starts from, of the four texts by default."""

    def made(corpus=None, **options):
        model = ks.pipelines.Classifier(**{"cell": "elman", "units": 3, "embedding_dim": 4, **options})
        model.learn(corpus or cat_texts)
        model.model = model.network()
        return model

    return made


@pytest.fixture(scope="session")
def read_cut(untrained, reviews):
    """A classifier with the weights that it starts from, which reads three words."""
    return untrained(reviews, cell="gru", units=4, pooling="attention", max_length=3)


@pytest.fixture(scope="session")
def layer_output():
    """layer_output(model, name, ids): what a layer of the pipeline's network gives."""

    def given(model, name, ids, training=False):
        network = model.model
        return np.asarray(keras.Model(network.input, network.get_layer(name).output)(ids, training=training))

    return given


@pytest.fixture(scope="session", params=["critic", "sorter"])
def classifier(request):
    """Either of the two."""
    return request.getfixturevalue(request.param)


WORDS = {"the": "der", "a": "ein", "red": "rot", "big": "groß", "cat": "Katze", "dog": "Hund", "house": "Haus"}
WORDS |= {"sees": "sieht", "likes": "mag", "Rome": "Rom"}


def phrases_by_rule(count, seed):
    """Five words each; a translation has the word for each of them, the last first."""
    draw, examples = random.Random(seed), []
    for _ in range(count):
        first, noun, second, other = (draw.choice(kind) for kind in (["the", "a"], ["cat", "dog", "house"]) * 2)
        verb, colour = draw.choice(["sees", "likes"]), draw.choice(["red", "big"])
        words = draw.choice([[first, noun, verb, second, other], [first, colour, noun, verb, "Rome"]])
        examples.append((" ".join(words), " ".join(WORDS[word] for word in reversed(words))))
    return examples


@pytest.fixture(scope="session")
def phrases():
    """A corpus of sentences and their words in German, from the last to the first."""
    splits = (phrases_by_rule(count, seed) for seed, count in enumerate((300, 20, 40)))
    return ks.datasets.Corpus.from_pairs(*splits, name="phrases")


CERTAIN = {"dropout": 0.0, "label_smoothing": 0.0, "averaging": "none", "criterion": "exact_match", "decay": "none"}


@pytest.fixture(scope="session")
def turner(phrases):
    """GRU from both ends, the general score, words to pieces of words."""
    options = {"units": 24, "embedding_dim": 16, "source_unit": "token", "batch_size": 20, "epochs": 10, "beams": 3}
    model = ks.pipelines.Translator(**CERTAIN, **options, learning_rate=0.02)
    return model.fit(phrases, tracking=None, progress=False)


PLACES = {"郑州": "Zhengzhou", "北京": "Beijing", "上海": "Shanghai", "成都": "Chengdu"}


def trips_by_rule(count, seed):
    """Where somebody goes, or where from, and when, in Chinese and in English."""
    draw, examples = random.Random(seed), []
    for _ in range(count):
        month, day, place, verb = draw.randint(1, 9), draw.randint(1, 9), draw.choice([*PLACES]), draw.choice("去离")
        months, days = ("一二三四五六七八九"[number - 1] for number in (month, day))
        way = "to" if verb == "去" else "from"
        examples.append((f"我{months}月{days}号{verb}{place}", f"{way} {PLACES[place]} {day} / {month}"))
    return examples


@pytest.fixture(scope="session")
def trips():
    """A corpus of Chinese sentences, by characters, and English ones."""
    splits = (trips_by_rule(count, seed) for seed, count in enumerate((300, 20, 40)))
    return ks.datasets.Corpus.from_pairs(*splits, tokens="char", target_tokens="whitespace", name="trips")


@pytest.fixture(scope="session")
def traveller(trips):
    """LSTM from the right, the additive score with coverage, each step with what the last one put out."""
    options = {"units": 24, "embedding_dim": 16, "source_unit": "character", "batch_size": 20, "epochs": 28, "beams": 2}
    reading = {"cell": "lstm", "bidirectional": False, "reverse_source": True, "context": "last"}
    steps = {"attention": "additive", "query": "old", "input_feeding": True, "coverage": True, "coverage_penalty": 0.1}
    model = ks.pipelines.Translator(**CERTAIN, **options, **reading, **steps, learning_rate=0.02)
    return model.fit(trips, tracking=None, progress=False)


@pytest.fixture(scope="session", params=["turner", "traveller"])
def translator(request):
    """Either of the two."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def untaught(phrases):
    """untaught(corpus, **options): a small translator with the weights that it starts from, of the phrases by default."""

    def made(corpus=None, **options):
        model = ks.pipelines.Translator(**{"cell": "elman", "units": 3, "embedding_dim": 4, **options})
        model.learn(corpus or phrases)
        model.model = model.network()
        return model

    return made


@pytest.fixture(scope="session")
def process(root):
    """process(code, *arguments): a new Python process that has run `code`."""

    def run(code, *arguments):
        command = [sys.executable, "-c", code, *map(str, arguments)]
        return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)

    return run


@pytest.fixture(scope="session")
def fresh(process):
    """fresh(code, *arguments): what a new Python process prints last, as JSON; it fails where the process fails."""

    def run(code, *arguments):
        done = process(code, *arguments)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return run


@pytest.fixture(scope="session")
def strings():
    """strings(texts, count): half of them texts with characters changed, dropped and doubled, half random Unicode."""

    def made(texts, count):
        draw = random.Random(0)
        return [_garbled(draw, draw.choice(texts)) for _ in range(count // 2)] + STRANGE + _unicode(draw, count // 2)

    return made


STRANGE = [
    "",
    " ",
    "\t\n\u3000",
    "👩‍👩‍👧‍👦 🇨🇳 去",
    "שלום עולם مرحبا",
    "a\x00b",
    "\x00",
    "<PAD> <UNK>",
    "ﬁ ㎏ ＡＢＣ１２３ e\u0301 \u1e9b\u0323",
    "\u0301 \u200d \ufeff \ufffd \U0010ffff",
    "去" * 10_000,
]


def _garbled(draw, text):
    edits = [
        lambda c: "",
        lambda c: c + c,
        lambda c: chr(draw.randrange(0x4E00, 0x9FFF)),
        lambda c: c + "１",
        str.upper,
    ]
    return "".join(draw.choice(edits)(c) if draw.random() < 0.1 else c for c in text)


def _unicode(draw, count):
    planes = [(0, 0x250), (0x250, 0x3100), (0x3100, 0xD800), (0xE000, 0x20000), (0, 0x80)]
    return [
        "".join(chr(draw.randrange(*draw.choice(planes))) for _ in range(draw.randint(0, 40))) for _ in range(count)
    ]
