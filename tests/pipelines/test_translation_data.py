"""Parallel texts to ids: which languages, their units, pairs with their ends, rows that are left out or cut."""

import logging

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_seq.datasets import Corpus, InputError, Language, Parallel, Ragged, Text
from keras_seq.layers import END_ID, UNKNOWN_ID
from keras_seq.pipelines.translation_config import TranslationConfig
from keras_seq.pipelines.translation_data import cut, direction, ended, learn_units, pairs_of_ids, rows_of, shorter

LANGUAGES = (Language("en"), Language("de"), Language("zh", "char"))
TEXTS = [("the cat", "die Katze", "猫"), ("The dog sleeps", "der Hund schläft", "狗 睡"), ("the dog", "der Hund", "狗")]
CORPUS = Corpus("three", [Parallel(texts) for texts in TEXTS], [Parallel(TEXTS[0])], languages=LANGUAGES)


def two(*pairs, **options):
    return Corpus.from_pairs(pairs or [("a b", "c d")], [("a", "c")], name="two", **options)


def learnt(corpus=CORPUS, **options):
    config = TranslationConfig(**{"source_unit": "token", "target_unit": "token", **options})
    return learn_units(corpus, direction(corpus, config), config)


class TestDirection:
    @pytest.mark.parametrize(
        ("options", "places"),
        [
            ({}, (0, 1)),
            ({"source": "de"}, (1, 0)),
            ({"target": "zh"}, (0, 2)),
            ({"source": "zh", "target": "en"}, (2, 0)),
        ],
    )
    def test_it_is_what_was_asked_for_or_the_first_two(self, options, places):
        found = direction(CORPUS, TranslationConfig(**options))
        assert found.places == places
        assert (found.source, found.target) == tuple(LANGUAGES[place] for place in places)

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"source": "den"}, "source=den: corpus three has no such language, did you mean en\\? One of en, de, zh"),
            ({"target": "zhh"}, "target=zhh: corpus three has no such language, did you mean zh\\?"),
            ({"source": "en", "target": "en"}, "source=en target=en: expected two languages"),
            ({"target": "en"}, "source=en target=en: expected two languages"),
        ],
    )
    def test_another_language_is_refused(self, options, message):
        with pytest.raises(InputError, match=f"^{message}") as error:
            direction(CORPUS, TranslationConfig(**options))
        assert "\n" not in str(error.value)

    @pytest.mark.parametrize(("languages", "got"), [((), "none"), (LANGUAGES[:1], "en")])
    def test_there_must_be_two(self, languages, got):
        corpus = Corpus("few", CORPUS.train, CORPUS.valid, languages=languages)
        with pytest.raises(InputError, match=f"^corpus few: languages {got}, expected at least two$"):
            direction(corpus, TranslationConfig())

    def test_other_examples_are_refused(self):
        with pytest.raises(
            InputError, match=r"^corpus c: examples are Text, expected Parallel \(a text in each language\)$"
        ):
            direction(Corpus("c", [Text("a")], [Text("b")]), TranslationConfig())


class TestUnits:
    def test_each_language_has_its_own_by_its_own_rule(self):
        source, target = learnt(target="zh")
        assert set(source.vocabulary.tokens[3:]) == {"the", "The", "cat", "dog", "sleeps"}
        assert set(target.vocabulary.tokens[3:]) == {"猫", "狗", "睡"}

    @pytest.mark.parametrize(
        ("options", "source", "target"),
        [
            ({"lowercase": True}, {"the", "cat", "dog", "sleeps"}, {"die", "der", "Katze", "Hund", "schläft"}),
            ({"min_count": 2}, {"the", "dog"}, {"der", "Hund"}),
            ({"max_vocabulary": 1}, {"dog"}, {"Hund"}),
            ({"source_unit": "character"}, set("the catTdogslp"), {"die", "der", "Katze", "Hund", "schläft"}),
        ],
    )
    def test_options(self, options, source, target):
        found = learnt(**options)
        assert [set(units.vocabulary.tokens[3:]) for units in found] == [source, target]

    def test_a_shared_vocabulary_is_one_and_of_both_languages(self):
        source, target = learnt(shared_vocabulary=True, source_unit="subword", target_unit="subword")
        assert source is target
        assert UNKNOWN_ID not in source(["cat Katze Hund dog"])[0].numpy()

    def test_counts_are_of_both_languages_together(self):
        corpus = two(("a b", "a c"), ("a d", "c c"))
        source, target = learnt(corpus, shared_vocabulary=True, max_vocabulary=2)
        assert source.vocabulary.tokens[3:] == target.vocabulary.tokens[3:] == ("a", "c")

    @pytest.mark.parametrize(
        ("corpus", "options", "message"),
        [
            (
                CORPUS,
                {"target": "zh", "shared_vocabulary": True},
                r"^shared_vocabulary=true: .* whitespace and char, expected",
            ),
            (CORPUS, {"min_count": 9}, "^corpus three: no unit of de in the vocabulary, expected at least one$"),
            (two(("a </s>", "b")), {}, "^corpus two: a token is spelt </s>"),
            (two(("a", "b </s>")), {}, "^corpus two: a token is spelt </s>"),
        ],
    )
    def test_a_corpus_that_has_none_is_one_line(self, corpus, options, message):
        with pytest.raises(InputError, match=message) as error:
            learnt(corpus, **options)
        assert "\n" not in str(error.value)

    def test_the_source_may_be_unknown_throughout(self):
        source, target = learnt(two(("a", "x x"), ("b", "x x")), min_count=2)
        assert len(source) == END_ID + 1
        assert target.vocabulary.tokens[3:] == ("x",)


class TestIds:
    def test_each_text_has_its_end(self):
        source, target = learnt(target="zh")
        found = pairs_of_ids(CORPUS.train, (0, 2), source, target)
        for column, units, place in zip(found, (source, target), (0, 2), strict=True):
            for row, texts in enumerate(TEXTS):
                assert column[row].tolist() == [*units([texts[place]])[0].numpy().tolist(), END_ID]

    def test_chunks_make_no_difference(self, monkeypatch):
        source, target = learnt()
        expected = pairs_of_ids(CORPUS.train, (0, 1), source, target)
        monkeypatch.setattr("keras_seq.pipelines.translation_data.CHUNK", 2)
        for one, other in zip(pairs_of_ids(CORPUS.train, (0, 1), source, target), expected, strict=True):
            np.testing.assert_array_equal(one.values, other.values)
            np.testing.assert_array_equal(one.splits, other.splits)

    @pytest.mark.parametrize(("example", "number"), [(Text("a"), 1), (Parallel(("a",)), 2)])
    def test_what_has_no_such_text_is_refused(self, example, number):
        source, target = learnt()
        with pytest.raises(InputError, match=rf"^example .*\): no text {number}, expected a Parallel that has one$"):
            pairs_of_ids([example], (0, 1), source, target)

    def test_an_empty_text_is_its_end_alone(self):
        units, _ = learnt()
        assert ended(units(["", "cat"])).to_list()[0] == [END_ID]


def ragged(rows):
    return Ragged(np.array([i for row in rows for i in row], np.int32), np.cumsum([0, *map(len, rows)]))


def lists(column):
    return [column[row].tolist() for row in range(len(column))]


ROWS = st.lists(st.lists(st.integers(3, 99), max_size=6), min_size=1, max_size=9)


class TestRows:
    @given(ROWS, st.data())
    def test_some_of_a_column(self, rows, data):
        chosen = data.draw(st.lists(st.integers(0, len(rows) - 1)))
        assert lists(rows_of(ragged(rows), np.array(chosen, np.int64))) == [rows[row] for row in chosen]

    @given(ROWS, st.integers(1, 7))
    def test_cut_they_keep_their_beginnings_and_ends(self, rows, most):
        column = ragged([[*row, END_ID] for row in rows])
        assert lists(cut(column, most)) == [[*row[:most], END_ID] for row in rows]

    @given(ROWS, ROWS, st.integers(1, 6))
    def test_pairs_stay_that_are_short_on_both_sides(self, one, other, most):
        pairs = [([*x, END_ID], [*y, END_ID]) for x, y in zip(one, other, strict=False)]
        expected = [pair for pair in pairs if max(map(len, pair)) <= most + 1]
        columns = {name: ragged([pair[i] for pair in pairs]) for i, name in enumerate(("source", "target"))}
        if expected:
            found = shorter(columns, most)
            assert list(zip(lists(found["source"]), lists(found["target"]), strict=True)) == expected
        else:
            with pytest.raises(
                InputError, match=f"^max_length={most}: every training pair is longer, expected a greater one$"
            ):
                shorter(columns, most)

    def test_how_many_were_left_out_is_said(self, caplog):
        column = ragged([[3, 4, 5, END_ID], [3, END_ID], [3, 4, END_ID]])
        with caplog.at_level(logging.WARNING):
            shorter({"source": column, "target": column}, 1)
        assert caplog.messages == ["training pairs of more than max_length=1 units on a side, left out: 2"]
        caplog.clear()
        shorter({"source": column, "target": column}, 3)
        assert not caplog.messages
