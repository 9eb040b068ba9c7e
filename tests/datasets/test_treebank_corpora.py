"""The treebank by name: an archive made by hand, and the real one with the counts that others found."""

import zipfile
from collections import Counter

import pytest

from keras_seq.datasets import Language, well_formed
from keras_seq.datasets.named import CORPORA

FILES = 40


@pytest.fixture
def archive(tmp_path):
    """An archive of articles, each of two sentences: of its number, and how many."""
    with zipfile.ZipFile(path := tmp_path / "treebank.zip", "w") as made:
        made.writestr("treebank/combined/README", "not a tree")
        for number in range(FILES):
            made.writestr(
                f"treebank/combined/wsj_{number:04}.mrg", f"( (S (CD {number}) (. .)) )\n( (FRAG (NN end)) )\n"
            )
    return path


def splits_of(name, archive, seed=0):
    corpus = CORPORA[name].reader({"treebank.zip": archive}, seed)
    return [[example.texts for example in split] for split in (corpus.train, corpus.valid, corpus.test)]


def test_an_article_is_in_one_split(archive):
    splits = splits_of("treebank", archive)
    assert [len(split) for split in splits] == [72, 4, 4]
    assert [Counter(tree for _, tree in split) for split in splits] == [
        {"(S XX XX )S": count, "(FRAG XX )FRAG": count} for count in (36, 2, 2)
    ]
    numbers = [sentence for split in splits for sentence, tree in split if sentence != "end"]
    assert sorted(numbers) == sorted(f"{number} ." for number in range(FILES))


def test_the_seed_draws(archive):
    assert splits_of("treebank", archive, 1) == splits_of("treebank", archive, 1) != splits_of("treebank", archive, 2)


def test_both_corpora_have_one_split(archive):
    plain, tagged = splits_of("treebank", archive), splits_of("treebank-pos", archive)
    assert [[sentence for sentence, _ in split] for split in plain] == [[one for one, _ in split] for split in tagged]
    assert {tree for split in tagged for _, tree in split} == {"(S CD . )S", "(FRAG NN )FRAG"}


@pytest.mark.parametrize("name", ["treebank", "treebank-pos"])
def test_the_treebank(real, name):
    corpus, splits = real(name)
    assert corpus.languages == (Language("sentence"), Language("tree"))
    examples = [example for split in splits for example in split]
    assert len(examples) == 3914
    assert sum(len(example.texts[0].split()) for example in examples) == 94084
    assert all(0.03 < len(split) / 3914 < 0.08 for split in splits[1:])
    assert all(well_formed(tree, sentence.split()) for sentence, tree in (example.texts for example in examples))
    leaves = {
        token for example in examples for token in example.texts[1].split() if len(token) < 2 or token[0] not in "()"
    }
    assert len(leaves) == (1 if name == "treebank" else 45)  # 46 parts of speech with that of empty elements
