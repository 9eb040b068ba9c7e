"""Windows of bases: exons here are of A and C, introns of G and T, and where nothing is spliced of R and Y."""

import collections
from itertools import groupby

import pytest

from keras_seq.datasets import BadRecord, InputError, Text, spans
from keras_seq.datasets.splice import read_junctions, read_splice

LETTERS = {"exon": "AC", "intron": "GT", "O": "RY"}


def half(kind, number):
    """Thirty bases of a kind that write a number in binary."""
    return "".join(LETTERS[kind][int(bit)] for bit in f"{number:030b}")


def window(label, number):
    parts = {"EI": ("exon", "intron"), "IE": ("intron", "exon"), "N": ("O", "O")}[label]
    return "".join(half(kind, number) for kind in parts)


ROWS = [
    (label, window(label, number)) for label, count in (("EI", 40), ("IE", 20), ("N", 60)) for number in range(count)
]


@pytest.fixture
def write(tmp_path):
    def written(rows):
        path = tmp_path / "splice.data"
        path.write_text("".join(f"{label},   NAME-{i},     {bases}\n" for i, (label, bases) in enumerate(rows)))
        return path

    return written


@pytest.fixture
def path(write):
    return write(ROWS)


def parts(corpus):
    return corpus.train, corpus.valid, corpus.test


def test_windows_and_their_classes(path):
    corpus = read_splice(path)
    assert sorted((w.label, w.text) for split in parts(corpus) for w in split) == sorted(ROWS)
    assert corpus.kind is Text
    assert corpus.tokens == "char"


def test_each_class_is_split_alike(path):
    found = [collections.Counter(w.label for w in split) for split in parts(read_splice(path))]
    assert found == [{"EI": 32, "IE": 16, "N": 48}, {"EI": 4, "IE": 2, "N": 6}, {"EI": 4, "IE": 2, "N": 6}]


@pytest.mark.parametrize("seed", range(10))
def test_equal_windows_are_in_one_split_whatever_their_class(write, seed):
    twice = [*ROWS, *ROWS[::3], *(("N", bases) for label, bases in ROWS if label == "EI")]
    train, valid, test = ({w.text for w in split} for split in parts(read_splice(write(twice), seed)))
    assert len(train) + len(valid) + len(test) == len(ROWS)
    assert sum(len(split) for split in parts(read_splice(write(twice), seed))) == len(twice)


@pytest.mark.parametrize("read", [read_splice, read_junctions])
def test_the_seed_decides(path, read):
    assert read(path, 3).fingerprint == read(path, 3).fingerprint
    assert read(path, 3).fingerprint != read(path, 4).fingerprint


def test_every_junction_is_one_sequence(path):
    corpus = read_junctions(path)
    assert [len(split) for split in parts(corpus)] == [48, 6, 6]
    assert corpus.tokens == "char"


def test_tags_say_of_which_kind_each_base_is(path):
    for split in parts(read_junctions(path)):
        for example in split:
            for base, tag in zip(example.tokens, example.tags, strict=True):
                assert base in LETTERS[tag.removeprefix("B-").removeprefix("I-")]


def test_an_exon_and_an_intron_meet_in_either_order(path):
    found = collections.Counter()
    for split in parts(read_junctions(path)):
        for example in split:
            first, second = spans(example.tags)
            assert first.end == second.start
            assert all(10 <= span.end - span.start <= 30 for span in (first, second))
            found[first.label, second.label] += 1
    assert found == {("exon", "intron"): 40, ("intron", "exon"): 20}


def test_what_stands_around_is_a_piece_of_a_window_without_junction(path):
    others = [bases for label, bases in ROWS if label == "N"]
    lengths = set()
    for example in read_junctions(path).train:
        for outside, group in groupby(zip(example.tokens, example.tags, strict=True), lambda pair: pair[1] == "O"):
            piece = "".join(base for base, _ in group)
            assert not outside or any(piece in bases for bases in others)
            lengths |= {len(piece)} if outside else set()
    assert min(lengths) >= 1
    assert max(lengths) <= 30
    assert len(lengths) > 10


def test_the_place_of_the_junction_varies(path):
    places = [spans(example.tags)[1].start for example in read_junctions(path).train]
    assert len(set(places)) > 20
    assert min(places) >= 10
    assert max(places) <= 60


def test_no_window_reaches_two_splits(path):
    corpus = read_junctions(path)
    for split, windows in zip(parts(corpus), parts(read_splice(path)), strict=True):
        bases = [w.text for w in windows if w.label != "N"]
        for example, source in zip(split, bases, strict=True):
            inner = "".join(b for b, tag in zip(example.tokens, example.tags, strict=True) if tag != "O")
            assert inner in source


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("EI, NAME", ":2: expected a class (EI, IE, N), a name and bases, got 'EI, NAME'"),
        (f"EJ, NAME, {'A' * 60}", ":2: expected a class (EI, IE, N), a name and bases, got 'EJ, NAME, AA"),
        (f"EI, NAME, {'A' * 59}", ":2: expected 60 bases, got 59 characters: 'AAA"),
        (f"EI, NAME, {'A' * 59}X", ":2: expected 60 bases, got 60 characters: 'AAA"),
    ],
)
def test_a_mistake_has_file_and_line(path, line, message):
    path.write_text(f"N, NAME, {'C' * 60}\n{line}\n")
    with pytest.raises(BadRecord) as caught:
        read_splice(path)
    assert str(caught.value).startswith(f"{path}{message}")


def test_a_file_without_windows(path):
    path.write_text("\n")
    with pytest.raises(BadRecord, match=":1: expected windows of bases, got none"):
        read_splice(path)


def test_pieces_need_windows_without_junction(write):
    with pytest.raises(InputError, match="expected N windows in every split, got none among 8 windows"):
        read_junctions(write(ROWS[:10]))
