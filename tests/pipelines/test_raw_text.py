"""Strings in, labels out: order, batches, offsets, and what is refused."""

import random

import pytest

from keras_seq.datasets import InputError
from keras_seq.pipelines import LabeledText, ServedLabeler
from keras_seq.pipelines.raw_text import BATCH_CHARACTERS, BATCH_TEXTS, answers, label_texts


def mixed(count):
    """Texts of many lengths in no order, each of them only once."""
    draw = random.Random(1)
    return [f"{number} " + "to Rome now " * draw.randint(0, 12) for number in range(count)]


def test_one_string_gives_one_result_and_several_a_list(labeler):
    one = labeler.predict("to Rome")
    assert isinstance(one, LabeledText)
    assert labeler.predict(["to Rome"]) == [one]
    assert labeler.predict(iter(("to Rome",))) == [one]
    assert labeler.predict([]) == []


def test_every_row_comes_back_in_its_place(labeler):
    texts = mixed(300)
    assert [result.text for result in labeler.predict(texts)] == texts


def test_company_changes_no_result(labeler):
    texts = [*mixed(60), "", "去郑州"]
    together = labeler.predict(texts)
    for text, result in zip(texts, together, strict=True):
        alone = labeler.predict(text)
        assert (alone.tokens, alone.labels, alone.offsets, alone.label) == (
            result.tokens,
            result.labels,
            result.offsets,
            result.label,
        )
        assert alone.probabilities == pytest.approx(result.probabilities, abs=1e-5)


def test_batches_stay_small(speller):
    texts = [*mixed(500), "a" * 70_000, *["b " * 9_000] * 5]
    seen = []

    def serve(batch):
        seen.append(batch)
        return speller._serve([text[:20] for text in batch])

    label_texts(texts, serve)
    assert sorted(text for batch in seen for text in batch) == sorted(texts)
    for batch in seen:
        assert len(batch) <= BATCH_TEXTS
        assert len(batch) == 1 or len(batch) * max(map(len, batch)) <= BATCH_CHARACTERS


@pytest.mark.parametrize(("each", "size"), [(1, BATCH_TEXTS), (BATCH_TEXTS // 4, 4), (10 * BATCH_TEXTS, 1)])
def test_batches_are_the_smaller_the_more_is_asked_of_each_text(each, size):
    seen = []
    answers(["text"] * (2 * BATCH_TEXTS), lambda batch: seen.append(len(batch)) or {}, each)
    assert set(seen) == {size}


def test_tokens_are_what_the_user_wrote(labeler, strings):
    for result in labeler.predict(strings(["flights to Rome", "我一月一号去郑州"], 200)):
        text, place = result.text, 0
        assert result.tokens == [text[start:end] for start, end in result.offsets]
        for start, end in result.offsets:
            assert place <= start < end  # in order, none within another, none empty
            assert not text[place:start].replace("\0", " ").strip()  # nothing but white space is left out
            place = end
        assert not text[place:].replace("\0", " ").strip()
        assert len(result.labels) == len(result.probabilities) == len(result.tokens)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("去ﬁn", ["去", "ﬁ", "n"]),
        ("㎏ Ａ１", ["㎏", "Ａ", "１"]),
        ("e\u0301e", ["e\u0301", "e"]),
        ("é州", ["é", "州"]),
        ("去\u3000\x00州", ["去", "州"]),
    ],
)
def test_characters_stay_whole_where_normalising_changes_their_number(tagger, text, tokens):
    assert tagger.predict(text).tokens == tokens


def test_normalised_forms_get_one_label(tagger):
    wide, plain = tagger.predict(["１号去郑州", "1号去郑州"])
    assert wide.labels == plain.labels
    assert wide.probabilities == pytest.approx(plain.probabilities, abs=1e-6)


@pytest.mark.parametrize("text", ["", "   ", "\n\t\u3000", "\x00"])
def test_a_text_without_tokens_has_an_empty_result(labeler, text):
    result = labeler.predict(text)
    assert (result.tokens, result.labels, result.probabilities, result.spans) == ([], [], [], [])


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (None, "expected a string or several, got NoneType"),
        (3, "expected a string or several, got int"),
        (["a", 3], "text 1: expected a string, got int"),
        ([b"a"], "text 0: expected a string, got bytes"),
        (["a", None], "text 1: expected a string, got NoneType"),
        ([["a"]], "text 0: expected a string, got list"),
        ("ab\ud800", "text 0: character 2 is half a surrogate pair, expected text"),
        (["", "\udcff"], "text 1: character 0 is half a surrogate pair, expected text"),
    ],
)
def test_what_is_no_text_is_refused_in_one_line(tagger, texts, message):
    with pytest.raises(InputError, match=f"^{message}$"):
        tagger.predict(texts)


@pytest.fixture(scope="module")
def served(labeler, tmp_path_factory):
    """Each labeller beside its export."""
    return labeler, ServedLabeler(labeler.export(tmp_path_factory.mktemp("serving")))


def test_an_export_answers_as_its_pipeline(served, strings):
    labeler, export = served
    texts = strings(["flights to Rome from Oslo", "我一月一号去郑州", "to PARIS 12"], 300)
    for ours, theirs in zip(labeler.predict(texts), export.predict(texts), strict=True):
        assert (ours.text, ours.tokens, ours.labels, ours.offsets, ours.label) == (
            theirs.text,
            theirs.tokens,
            theirs.labels,
            theirs.offsets,
            theirs.label,
        )
        assert ours.probabilities == pytest.approx(theirs.probabilities, abs=1e-5)
        assert ours.label_probability == pytest.approx(theirs.label_probability, abs=1e-5)
