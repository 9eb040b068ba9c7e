"""The real corpora, if they are here, have the counts that were published or counted by another program."""

import collections
import unicodedata
from itertools import pairwise

from keras_seq.datasets import spans


def counted(split):
    """Sentences, tokens, entities: one reading of a split, for some are long."""
    tokens = entities = 0
    for example in split:
        tokens += len(example.tokens)
        entities += len(spans(example.tags))
    return len(split), tokens, entities


def tags(split):
    return {tag for example in split for tag in example.tags}


def test_atis(real):
    _, splits = real("atis")
    assert [counted(split)[:2] for split in splits] == [(4478, 50497), (500, 5703), (893, 9164)]
    assert len(tags(splits[0])) == 120
    assert len(tags(splits[2]) - tags(splits[0])) == 6
    assert len({example.label for example in splits[0]}) == 21


def test_conll2003(real):
    _, splits = real("conll2003")
    assert [*map(counted, splits)] == [(14041, 203621, 23499), (3250, 51362, 5942), (3453, 46435, 5648)]


def test_msra(real):
    corpus, splits = real("msra")
    train, valid, test = map(counted, splits)
    assert [sum(pair) for pair in zip(train, valid, strict=True)] == [50658, 2169879, 74709]
    assert valid[0] == 5066
    assert test == (4631, 172601, 6192)
    assert tags(splits[2]) == {"O", *(f"{prefix}-{kind}" for prefix in "BI" for kind in ("PER", "LOC", "ORG"))}
    assert corpus.tokens == "char"


def test_ud_english_ewt(real):
    corpus, splits = real("ud-english-ewt")
    assert [counted(split)[:2] for split in splits] == [(12544, 204577), (2001, 25147), (2077, 25094)]
    assert [len(tags(split)) for split in splits] == [17, 17, 17]
    assert corpus.tagging == "tokens"


def test_pku(real):
    """198 of 19,484 paragraphs, short ones, are in the test as well; what stays has no text in common with it."""
    corpus, splits = real("pku")
    assert [len(split) for split in splits] == [19286 - 1929, 1929, 1944]
    words, texts = [0, 0, 0], [set(), set(), set()]
    for place, split in enumerate(splits):
        for example in split:
            words[place] += example.tags.count("B")
            texts[place].add(unicodedata.normalize("NFKC", "".join(example.tokens)))
    assert 1_121_447 - 1000 < words[0] + words[1] < 1_121_447
    assert words[2] == 104372
    assert not (texts[0] | texts[1]) & texts[2]
    assert corpus.tokens == "char"


def test_inspec(real):
    _, splits = real("inspec")
    assert [*map(counted, splits)] == [(1000, 141508, 9790), (500, 66291, 4566), (500, 67300, 4844)]


def test_splice_junctions(real):
    """Introns begin with GT and end with AG, but for a few; a cut keeps at least ten bases on each side."""
    _, splits = real("splice-junctions")
    assert [*map(len, splits)] == [620, 74, 79]
    ends = collections.Counter()
    for example in (example for split in splits for example in split):
        bases = "".join(example.tokens)
        for first, second in pairwise(spans(example.tags)):
            ends[first.label, bases[second.start :][:2] if first.label == "exon" else bases[: first.end][-2:]] += 1
    assert ends.total() == 767 + 768
    assert (ends["exon", "GT"], ends["intron", "AG"]) == (759, 764)
