import collections

import pytest

from keras_seq.datasets.names_by_language import read_names


@pytest.fixture
def paths(tmp_path):
    """Sixty names and twenty, and one of the sixty three times."""
    lines = {
        "Long.txt": [f"Name{i}" for i in range(60)] + ["Name7 ", "Name7"],
        "Short.txt": [f"Name{i}" for i in range(20)],
    }
    for place, names in lines.items():
        (tmp_path / place).write_text("\n".join(names) + "\n")
    return {place: tmp_path / place for place in lines}


def splits(corpus):
    return corpus.train, corpus.valid, corpus.test


def pairs(split):
    return {(example.text, example.label) for example in split}


def test_the_file_names_the_language(paths):
    assert pairs(read_names(paths).train) <= {
        *((f"Name{i}", "Long") for i in range(60)),
        *((f"Name{i}", "Short") for i in range(20)),
    }


def test_a_tenth_of_each_language_is_for_test_and_one_for_validation(paths):
    found = [collections.Counter(label for _, label in pairs(split)) for split in splits(read_names(paths))]
    assert found == [{"Long": 48, "Short": 16}, {"Long": 6, "Short": 2}, {"Long": 6, "Short": 2}]


@pytest.mark.parametrize("seed", range(20))
def test_no_name_of_a_language_is_in_two_splits(paths, seed):
    train, valid, test = map(pairs, splits(read_names(paths, seed)))
    assert len(train) + len(valid) + len(test) == len(train | valid | test) == 80


def test_no_line_is_lost(paths):
    names = [example.text for split in splits(read_names(paths)) for example in split]
    assert len(names) == 82
    assert names.count("Name7") == 4


def test_the_seed_decides(paths):
    assert pairs(read_names(paths, 3).test) == pairs(read_names(paths, 3).test)
    assert pairs(read_names(paths, 3).test) != pairs(read_names(paths, 4).test)
