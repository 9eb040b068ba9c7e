"""What readers make of the published files; the real corpora, if they are here, have the counts that others found."""

from collections import Counter

import pytest

from keras_seq.datasets import Text
from keras_seq.datasets.named import CORPORA


@pytest.fixture
def read(tmp_path):
    """Reads small files, place -> content, as those of a named corpus."""

    def corpus(name, **contents):
        paths = {wanted.path: tmp_path / wanted.path for wanted in CORPORA[name].files}
        for path in paths.values():
            path.write_text(contents[path.stem])
        return CORPORA[name].reader(paths, 0)

    return corpus


def test_a_review_has_blanks_for_breaks_and_a_word_for_its_label(read):
    corpus = read("imdb", train="1\t0_9\tGood.<br /><br />Yes .\n" * 2, test="0\t1_2\t a<b\n")
    assert list(corpus.train) == list(corpus.valid) == [Text("Good.  Yes .", "positive")]
    assert list(corpus.test) == [Text(" a<b", "negative")]


def test_a_sentence_has_a_word_for_its_label(read):
    corpus = read("sst2", train="fine\t1\n", dev="bad\t0\n", test="so so\t0\n")
    assert [list(split) for split in (corpus.train, corpus.valid, corpus.test)] == [
        [Text("fine", "positive")],
        [Text("bad", "negative")],
        [Text("so so", "negative")],
    ]


def labels(split):
    return Counter(example.label for example in split)


def test_sst2(real):
    _, splits = real("sst2")
    assert [labels(split) for split in splits] == [
        {"positive": 3610, "negative": 3310},
        {"positive": 444, "negative": 428},
        {"positive": 909, "negative": 912},
    ]
    assert [sum(len(example.text.split()) for example in split) for split in splits] == [128096, 16331, 33653]


def test_imdb(real):
    _, (train, valid, test) = real("imdb")
    assert (len(train), len(valid)) == (22500, 2500)
    assert labels(train) + labels(valid) == labels(test) == {"positive": 12500, "negative": 12500}
    texts = [example.text for example in test]
    assert len(set(texts)) == 24801
    assert not any("<br />" in text for text in texts)


def test_chnsenticorp(real):
    corpus, (train, valid, test) = real("chnsenticorp")
    assert (len(train), len(valid)) == (8640, 960)
    assert labels(train) + labels(valid) == {"positive": 4799, "negative": 4801}
    assert labels(test) == {"positive": 593, "negative": 607}
    assert corpus.tokens == "char"


def test_surnames(real):
    _, splits = real("surnames")
    names = [(example.text, example.label) for split in splits for example in split]
    found = sum(map(labels, splits), Counter())
    assert len(names) == len(set(names)) == 18012
    assert (len(found), found["Russian"], found["Arabic"], found["Vietnamese"]) == (18, 9340, 108, 71)
    assert [labels(split)["Russian"] for split in splits] == [9340 - 2 * 934, 934, 934]


def test_splice(real):
    _, splits = real("splice")
    assert sum(map(labels, splits), Counter()) == {"N": 1655, "IE": 768, "EI": 767}
    windows = [{example.text for example in split} for split in splits]
    assert sum(map(len, windows)) == len(set.union(*windows)) == 3005
    assert [len(found) for found in windows[1:]] == [300, 300]


def test_inspec_terms(real):
    _, splits = real("inspec-terms")
    assert [len(split) for split in splits] == [1000, 500, 500]
    assert [sum(bool(example.label) for example in split) for split in splits] == [137, 43, 35]
    assert [sum(len(example.label) for example in split) for split in splits] == [160, 47, 37]
    assert len({label for example in splits[0] for label in example.label}) == 21
