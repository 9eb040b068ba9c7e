"""Windows of bases: exons here are of A and C, introns of G and T, and where nothing is spliced there are R and Y."""

import collections
from itertools import pairwise

import pytest

from keras_seq.datasets import BadRecord, Text, spans
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


def test_a_donor_and_an_acceptor_make_a_sequence(path):
    corpus = read_junctions(path)
    assert [len(split) for split in parts(corpus)] == [32, 4, 4]  # as many as donors; half of them stay alone
    assert corpus.tokens == "char"


def test_every_base_is_of_the_kind_that_its_tag_says(path):
    for split in parts(read_junctions(path)):
        for example in split:
            for base, tag in zip(example.tokens, example.tags, strict=True):
                assert base in LETTERS[tag.removeprefix("B-").removeprefix("I-")]


def test_kinds_take_turns_in_either_order(path):
    found = collections.Counter()
    for split in parts(read_junctions(path)):
        for example in split:
            regions = spans(example.tags)
            assert (regions[0].start, regions[-1].end) == (0, len(example.tokens))
            assert all(one.end == other.start for one, other in pairwise(regions))
            sizes = [region.end - region.start for region in regions]
            assert all(10 <= size <= 30 for size in (sizes[0], sizes[-1]))
            assert all(20 <= size <= 60 for size in sizes[1:-1])
            found[tuple(region.label for region in regions)] += 1
    assert set(found) == {("exon", "intron", "exon"), ("intron", "exon", "intron"), ("exon", "intron")}
    assert sum(found.values()) - found["exon", "intron"] == 20
    assert all(found[kinds] >= 3 for kinds in found)


def test_each_window_of_a_split_is_read_once(path):
    for split, windows in zip(parts(read_junctions(path)), parts(read_splice(path)), strict=True):
        around = [
            "".join(example.tokens)[border.start - 10 : border.start + 10]
            for example in split
            for border in spans(example.tags)[1:]
        ]
        assert sorted(around) == sorted(window.text[20:40] for window in windows if window.label != "N")


def test_the_place_of_the_junction_varies(path):
    places = [region.start for example in read_junctions(path).train for region in spans(example.tags)[1:]]
    assert len(set(places)) > 20
    assert min(places) >= 10
    assert max(places) <= 90


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
