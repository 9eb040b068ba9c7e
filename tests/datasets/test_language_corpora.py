"""The real corpora, if they are here, have the counts that were published."""

import collections

import pytest


def test_ptb_has_the_published_counts_of_words_with_the_end_of_each_line(real):
    splits = [[example.text.split() for example in split] for split in real("ptb")[1]]
    assert [len(split) for split in splits] == [42068, 3370, 3761]
    assert [sum(len(words) + 1 for words in split) for split in splits] == [929589, 73760, 82430]
    assert len({word for words in splits[0] for word in words} | {"</s>"}) == 10000


def test_ptb_char_has_the_published_counts_of_characters_with_the_end_of_each_line(real):
    splits = [[example.text.split() for example in split] for split in real("ptb-char")[1]]
    assert [len(split) for split in splits] == [42068, 3370, 3761]
    assert [sum(len(letters) + 1 for letters in split) for split in splits] == [5017482, 393042, 442423]
    assert len({letter for letters in splits[0] for letter in letters} | {"\n"}) == 50


def test_tinyshakespeare_is_cut_by_position(real):
    splits = [[example.text for example in split] for split in real("tinyshakespeare")[1]]
    sizes = [sum(len(line) + 1 for line in split) for split in splits]
    assert sum(len(split) for split in splits) == 40000
    assert sum(sizes) == 1115394
    assert len({letter for split in splits for line in split for letter in line} | {"\n"}) == 65
    assert 0 <= sizes[0] - 0.9 * 1115394 < 100  # the line that is cut goes to the part before
    assert 0 <= sizes[0] + sizes[1] - 0.95 * 1115394 < 100
    assert "" in splits[0]


def test_names_by_language_has_all_names(real):
    splits = real("names-by-language")[1]
    languages = collections.Counter(example.label for split in splits for example in split)
    assert languages.total() == 20050
    assert len(languages) == 18
    assert (languages["Russian"], languages["Vietnamese"]) == (9384, 73)
    assert {example.label for example in splits[1]} == {example.label for example in splits[2]} == set(languages)


@pytest.mark.parametrize(
    ("name", "steps", "low", "high"),
    [
        ("jsb-chorales-quarter", [13807, 4602, 4725], 43, 96),
        ("jsb-chorales-8th", [27614, 9204, 9450], 36, 81),
        ("jsb-chorales-16th", [55228, 18408, 18900], 36, 81),
    ],
)
def test_chorales_have_the_published_counts(real, name, steps, low, high):
    splits = real(name)[1]
    assert [len(split) for split in splits] == [229, 76, 77]
    assert [sum(len(example.frames) for example in split) for split in splits] == steps
    pitches = {pitch for split in splits for example in split for step in example.frames for pitch in step}
    assert (min(pitches), max(pitches)) == (low, high)


def test_chorales_by_voice_have_four_tokens_a_step(real):
    splits = real("jsb-chorales-voices")[1]
    assert [len(split) for split in splits] == [229, 76, 77]
    assert [sum(len(example.text.split()) for example in split) for split in splits] == [
        4 * 55228,
        4 * 18408,
        4 * 18900,
    ]
