"""What readers make of the published files; the real corpora, if they are here, have the counts that others found."""

import gzip
import itertools
import re

import pytest

from keras_seq.datasets import Language, Parallel
from keras_seq.datasets.named import CORPORA


def test_captions_have_three_languages(tmp_path):
    paths = {wanted.path: tmp_path / wanted.path for wanted in CORPORA["multi30k"].files}
    for place, path in paths.items():
        path.write_bytes(gzip.compress(f"{place}\n".encode()))
    corpus = CORPORA["multi30k"].reader(paths, 0)
    assert [list(split) for split in (corpus.train, corpus.valid, corpus.test)] == [
        [Parallel(tuple(f"{split}.{language}.gz" for language in ("en", "de", "fr")))]
        for split in ("train", "val", "test_2016_flickr")
    ]
    assert corpus.languages == (Language("en"), Language("de"), Language("fr"))


@pytest.mark.parametrize("name", ["tatoeba-cmn", "tatoeba-fra"])
def test_a_pair_has_two_columns(tmp_path, name):
    (wanted,) = CORPORA[name].files
    (path := tmp_path / wanted.path).write_text("".join(f"go {i}\tva {i}\n" for i in range(20)))
    corpus = CORPORA[name].reader({wanted.path: path}, 0)
    assert [len(split) for split in (corpus.train, corpus.valid, corpus.test)] == [16, 2, 2]
    pairs = [example for split in (corpus.train, corpus.valid, corpus.test) for example in split]
    assert {pair.texts for pair in pairs} == {(f"go {i}", f"va {i}") for i in range(20)}


def test_multi30k(real):
    _, splits = real("multi30k")
    assert [len(split) for split in splits] == [29000, 1014, 1000]
    words = [[sum(len(pair.texts[side].split()) for pair in split) for side in range(3)] for split in splits]
    assert words == [[345020, 322383, 362021], [12167, 11568, 12698], [11877, 10905, 12352]]


@pytest.mark.parametrize(
    ("name", "other", "pairs", "english"),
    [("tatoeba-cmn", Language("zh", "char"), 21116, 20476), ("tatoeba-fra", Language("fr"), 167130, 116830)],
)
def test_tatoeba(real, name, other, pairs, english):
    corpus, splits = real(name)
    assert corpus.languages == (Language("en"), other)
    sides = [list(zip(*(pair.texts for pair in split), strict=True)) for split in splits]
    assert [len(split) for split in splits] == [len(source) for source, _ in sides] == [pairs - 2000, 1000, 1000]
    assert len({text for source, _ in sides for text in source}) == english
    for side in range(2):
        texts = [{re.sub(r"\W", "", text.lower()) for text in split[side]} for split in sides]
        assert all(one.isdisjoint(two) for one, two in itertools.combinations(texts, 2))
