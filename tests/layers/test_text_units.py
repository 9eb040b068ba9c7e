"""From strings to the ids of what a language model predicts, and back."""

import itertools
import random
from collections import Counter
from functools import cache

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_seq.layers import END_ID, RULES, START_ID, UNITS, UNKNOWN_ID, TextUnits

TEXTS = ["the cats walked home", "a cat walks", "the dog walked the cat home"]
CHINESE = ["我一月一号去郑州", "我一月二号离开郑州"]


def learnt(unit="token", texts=TEXTS, **options):
    return TextUnits.learn([tf.constant(texts)], unit=unit, **options)


def split(units, text):
    return [unit.decode() for unit in units.split([text])[0].numpy()]


def ids(units, text):
    return units([text])[0].numpy().tolist()


class TestThereAndBack:
    @pytest.mark.parametrize("unit", UNITS)
    @pytest.mark.parametrize("rule", RULES)
    def test_a_text_comes_back(self, unit, rule):
        texts = [text.replace(" ", "") for text in TEXTS] if rule == "char" else TEXTS
        units = learnt(unit, texts, rule=rule)
        for text in texts:
            found = ids(units, text)
            assert UNKNOWN_ID not in found
            assert units.join(units.vocabulary.decode(found)) == text

    def test_letters_that_were_seen_make_any_word(self):
        units, draw = learnt("subword"), random.Random(0)
        letters = sorted({*"".join(TEXTS)} - {" "})
        for _ in range(50):
            words = ["".join(draw.choices(letters, k=draw.randint(1, 9))) for _ in range(3)]
            assert units.join(split(units, " ".join(words))) == " ".join(words)

    def test_a_frequent_word_is_one_piece_and_a_new_one_several(self):
        units = learnt("subword", ["walking walked walker talking talked"] * 30)
        assert split(units, "walking") == ["walking"]
        assert split(units, "talker walks")[-1] == "<UNK>"  # no s was seen
        assert len(split(units, "talker")) > 1

    def test_chinese_is_characters(self):
        units = learnt(texts=CHINESE, rule="char")
        assert split(units, "去 郑州") == ["去", "郑", "州"]
        assert units.join(["去", "郑", "州"]) == "去郑州"

    def test_tokens_are_never_split_again(self):
        units = learnt(texts=["New York is"])
        rows = tf.ragged.constant([["New York", "is", ""]], dtype=tf.string)
        assert units.divide(rows).to_list() == [[b"New York", b"is", b""]]
        assert units.ids(units.divide(rows)).to_list() == [[UNKNOWN_ID, ids(units, "is")[0], UNKNOWN_ID]]


class TestIds:
    @pytest.mark.parametrize("unit", ["token", "character"])
    def test_they_follow_frequency_then_the_alphabet(self, unit):
        units = learnt(unit)
        counts = Counter(" ".join(TEXTS).split() if unit == "token" else "".join(TEXTS))
        assert units.vocabulary.tokens[3:] == tuple(sorted(counts, key=lambda each: (-counts[each], each)))
        assert (START_ID, UNKNOWN_ID, END_ID) == (0, 1, 2)
        assert len(units) == 3 + len(counts)

    @pytest.mark.parametrize("unit", UNITS)
    def test_a_text_without_tokens_has_none(self, unit):
        units = learnt(unit)
        assert units(["", " \t", "a"]).row_lengths().numpy().tolist() == [0, 0, 1]
        assert units(tf.constant([], tf.string)).to_list() == []

    @pytest.mark.parametrize("unit", UNITS)
    def test_a_corpus_without_tokens_has_an_end_and_the_unknown(self, unit):
        units = learnt(unit, ["", ""])
        assert len(units) == 3
        assert set(ids(units, "cat")) == {UNKNOWN_ID}

    @pytest.mark.parametrize("unit", ["token", "subword"])
    def test_no_token_may_be_spelt_like_the_end(self, unit):
        with pytest.raises(ValueError, match=r"^a token is spelt </s>, which ends every text"):
            learnt(unit, ["a </s> b"])

    def test_its_letters_are_letters(self):
        assert split(learnt("character"), "</s>") == [*"</s>"]

    @pytest.mark.parametrize("unit", ["token", "subword"])
    @pytest.mark.parametrize("name", ["</s>", "<UNK>", "<PAD>"])
    def test_the_names_of_special_tokens_never_have_their_ids(self, unit, name):
        assert set(ids(learnt(unit), name)) == {UNKNOWN_ID}

    @pytest.mark.parametrize("unit", UNITS)
    @pytest.mark.parametrize("name", ["<UNK>", "<PAD>", "</s>x"])
    def test_they_may_stand_in_a_corpus(self, unit, name):
        units = learnt(unit, [f"a {name} b {name}"] * 5)
        assert END_ID not in ids(units, f"a {name}")
        assert START_ID not in ids(units, f"a {name}")

    def test_case_is_folded_where_that_is_asked_for(self):
        assert ids(learnt(lowercase=True), "THE CÂTS") == ids(learnt(lowercase=True), "the câts")
        assert ids(learnt(lowercase=True, texts=["Étude"]), "éTUDE") == [3]
        assert ids(learnt(), "THE") == [UNKNOWN_ID]

    def test_compatible_characters_are_one(self):
        assert ids(learnt(texts=["five 5"]), "ﬁve ５") == ids(learnt(texts=["five 5"]), "five 5")

    def test_rare_tokens_are_unknown(self):
        assert learnt(min_count=2).vocabulary.tokens[3:] == ("the", "cat", "home", "walked")

    def test_the_most_frequent_tokens_stay(self):
        assert learnt(most=2).vocabulary.tokens[3:] == ("the", "cat")

    def test_pieces_are_as_many_as_were_asked_for(self):
        assert len(learnt("subword", ["walking walked walker talked"] * 9, most=40)) <= 3 + 40

    def test_every_letter_is_a_piece_however_few_are_asked_for(self):
        few = learnt("subword", ["walking walked walker talked"] * 9, most=5, min_count=20)
        assert {"w", "##w", "k", "##k"} <= set(few.vocabulary.tokens)

    def test_chunks_are_counted_together(self):
        apart = TextUnits.learn([tf.constant([text]) for text in TEXTS])
        assert apart.vocabulary.tokens == learnt().vocabulary.tokens

    def test_another_unit_or_rule_is_refused(self):
        with pytest.raises(ValueError, match=r"^unit='word', expected one of token, character, subword$"):
            TextUnits([], unit="word")
        with pytest.raises(ValueError, match=r"^tokens='words', expected one of whitespace, word, char$"):
            TextUnits([], rule="words")


class TestGoingOn:
    @pytest.mark.parametrize(
        ("unit", "rule", "text", "units", "whole"),
        [
            ("token", "whitespace", "the", ["cat"], "the cat"),
            ("token", "whitespace", "the ", ["cat", "is"], "the cat is"),
            ("token", "whitespace", "", ["cat"], "cat"),
            ("token", "whitespace", "the", [], "the"),
            ("token", "whitespace", "#", ["##", "a"], "# ## a"),
            ("token", "char", "去", ["郑", "州"], "去郑州"),
            ("character", "whitespace", "th", ["e", " ", "c"], "the c"),
            ("subword", "whitespace", "walk", ["##ed", "home"], "walked home"),
            ("subword", "whitespace", "walked", ["home"], "walked home"),
            ("subword", "char", "去", ["郑", "州"], "去郑州"),
        ],
    )
    def test_units_are_joined_to_a_text(self, unit, rule, text, units, whole):
        assert TextUnits([], rule, unit).join_after(text, units) == whole

    def test_a_blank_at_the_end_is_a_letter(self):
        units = learnt("character")
        assert units.begun("the ") == [*ids(units, "the"), *ids(units, "e c")[1:2]]
        assert units.begun("the") == ids(units, "the")
        assert units.begun(" ") == []

    def test_it_is_no_word(self):
        assert learnt().begun("the ") == ids(learnt(), "the")


class TestWords:
    @pytest.mark.parametrize("unit", UNITS)
    def test_they_are_counted_with_the_ends(self, unit):
        units, texts = learnt(unit), [*TEXTS, "", "cat", ""]
        found = tf.concat([units(texts), tf.fill([len(texts), 1], END_ID)], axis=1)
        assert units.words(found.values.numpy()) == sum(len(text.split()) + 1 for text in texts)

    def test_there_are_none_where_no_blank_tells_them_apart(self):
        assert learnt("character", CHINESE, rule="char").words([3, 4, 2]) == 0


MARKED = ["it's a well-known dog! #1 ##", "### a##b, (the) ##walked dog.", "ﬁne ¨ a¨b $5", *TEXTS, *CHINESE]
LETTERS = sorted({*"".join(MARKED), "z", "\u0301"})
KINDS = list(itertools.product(UNITS, RULES))


@cache
def marked(unit, rule):
    """Units of the texts above, and a function: ids and surfaces of texts, what they write, and the tokens side by side."""
    units, blank = learnt(unit, MARKED * 3, rule=rule), "" if rule == "char" else " "

    def there_and_back(texts):
        found, surfaces = units(texts), units.surfaces(texts)
        written = units.write(found.to_tensor(), surfaces.to_tensor())
        return found, surfaces, written, tf.strings.reduce_join(units.tokenizer(texts).text, axis=1, separator=blank)

    return units, tf.function(there_and_back, input_signature=[tf.TensorSpec([None], tf.string)])


@pytest.mark.parametrize(("unit", "rule"), KINDS)
class TestWriting:
    @given(st.data())
    @settings(max_examples=30)
    def test_it_is_what_python_joins(self, unit, rule, data):
        units, _ = marked(unit, rule)
        rows = np.array(data.draw(st.lists(st.tuples(*[st.integers(0, len(units) - 1)] * 8), min_size=1)))
        names = [[units.vocabulary.tokens[i] for i in row if i not in (START_ID, END_ID)] for row in rows]
        assert [text.decode() for text in units.write(rows).numpy()] == [*map(units.join, names)]

    @given(texts=st.lists(st.text(LETTERS, max_size=15), min_size=1, max_size=20))
    @settings(max_examples=30)
    def test_a_text_comes_back_where_unknown_units_are_what_stood_there(self, unit, rule, texts):
        units, there_and_back = marked(unit, rule)
        found, surfaces, written, expected = there_and_back(tf.constant(texts))
        assert written.numpy().tolist() == expected.numpy().tolist()
        assert found.row_lengths().numpy().tolist() == surfaces.row_lengths().numpy().tolist()
        for i, surface in zip(found.values.numpy(), surfaces.values.numpy(), strict=True):
            assert i == UNKNOWN_ID or surface.decode() == units.vocabulary.tokens[i]

    def test_padding_and_ends_are_nothing(self, unit, rule):
        (units, _), text = marked(unit, rule), "thecat" if rule == "char" else "the cat"
        found = ids(units, text)
        rows = [[START_ID, END_ID, *[START_ID] * len(found)], [*found, END_ID, START_ID]]
        assert units.write(tf.constant(rows)).numpy().tolist() == [b"", text.encode()]

    def test_rows_of_any_rank_are_written(self, unit, rule):
        units, _ = marked(unit, rule)
        written = units.write(tf.constant([[[3, 4]] * 2, [[5, 6]] * 2])).numpy()
        expected = [units.join(units.vocabulary.decode(pair)).encode() for pair in ([3, 4], [5, 6])]
        assert written.tolist() == [[text] * 2 for text in expected]


class TestUnknown:
    def write(self, units, found, surfaces=None):
        """One row."""
        return units.write(tf.constant([found]), surfaces and tf.constant([surfaces])).numpy()[0].decode()

    def test_it_is_written_by_its_name_or_by_what_is_given(self):
        units = learnt()
        the, cat = ids(units, "the cat")
        assert self.write(units, [the, UNKNOWN_ID, cat]) == "the <UNK> cat"
        assert self.write(units, [the, UNKNOWN_ID, cat], ["x", "Zoë", "y"]) == "the Zoë cat"
        assert self.write(units, [UNKNOWN_ID, cat], ["Zoë", ""]) == "Zoë cat"

    def test_nothing_leaves_no_blank(self):
        units = learnt()
        the, cat = ids(units, "the cat")
        assert self.write(units, [the, UNKNOWN_ID, cat], [""] * 3) == "the cat"
        assert self.write(units, [UNKNOWN_ID, the], [""] * 2) == "the"
        assert self.write(units, [the, UNKNOWN_ID], [""] * 2) == "the"

    @pytest.mark.parametrize("unit", ["token", "subword"])
    def test_what_stands_there_is_in_the_case_it_has_there(self, unit):
        units = learnt(unit, lowercase=True)
        assert units.surfaces(["THE Zürich"])[0].numpy()[-1].decode() == "Zürich"
        assert ids(units, "THE Zürich") == [*ids(units, "the"), UNKNOWN_ID]


@pytest.mark.parametrize("unit", UNITS)
def test_a_saved_model_gives_the_same_ids(unit, tmp_path):
    units, module = learnt(unit), tf.Module()
    module.units = units
    module.ids = tf.function(lambda texts: units(texts).to_tensor(), input_signature=[tf.TensorSpec([None], tf.string)])
    tf.saved_model.save(module, str(tmp_path))
    texts = [*TEXTS, "", "zebra CAT </s> ﬁ", "\0 去 \U0001f469"]
    again = tf.saved_model.load(str(tmp_path)).ids(tf.constant(texts)).numpy()
    assert again.tolist() == units(texts).to_tensor().numpy().tolist()
