import hashlib

import pytest

from keras_seq.datasets import Corpus, Frames, InputError, LabeledSequence, Language, Parallel, Text
from keras_seq.datasets.corpus import TOKEN_RULES
from keras_seq.layers import RULES

TRAIN = [(["to", "Rome"], ["O", "B-city"]), (["from", "New", "York"], ["O", "B-city", "I-city"])]


def lists(train, **options):
    return Corpus.from_lists(train, valid=TRAIN, **options)


def test_lists_go_straight_in():
    corpus = lists([*TRAIN, LabeledSequence(("x",), ("O",))], test=TRAIN[:1], name="mine", tokens="word")
    assert list(corpus.train)[1] == LabeledSequence(("from", "New", "York"), ("O", "B-city", "I-city"))
    assert (len(corpus.train), len(corpus.valid), len(corpus.test)) == (3, 2, 1)
    assert (corpus.name, corpus.tokens) == ("mine", "word")


def test_a_sentence_label_is_kept():
    assert next(iter(lists([(["go"], ["O"], "book")]).train)).label == "book"


def test_plain_tags_stay_as_they_are():
    corpus = Corpus.from_lists([(["I", "fly"], ["PRON", "O"])], [(["x"], ["I-X"])], scheme="plain")
    assert [example.tags for split in (corpus.train, corpus.valid) for example in split] == [("PRON", "O"), ("I-X",)]
    assert corpus.tagging == "tokens"


def test_tags_of_spans_are_so_marked():
    assert lists(TRAIN).tagging == "spans"


def test_an_unknown_tagging_lists_the_known():
    with pytest.raises(InputError, match="unknown tagging 'plain': expected one of spans, tokens"):
        Corpus("x", (), (), tagging="plain")


def test_tags_become_iob2():
    assert next(iter(lists([(["a", "b"], ["I-X", "B-X"])], scheme="IOB1").train)).tags == ("B-X", "B-X")


def test_irregular_tags_are_counted_in_one_warning(caplog):
    lists([(["a", "b"], ["O", "I-X"]), (["a"], ["I-X"])])
    assert [record.getMessage() for record in caplog.records] == [
        "train example 1, tag 2: I-X after O is not well-formed IOB2 (2 such tags in all, read as conlleval reads them)"
    ]


@pytest.mark.parametrize(
    ("train", "message"),
    [
        ([TRAIN[0], (["a", "b"], ["O"])], "train example 2: expected a tag for each of 2 tokens, got 1 tags"),
        ([(["a"], ["LOC"])], "train example 1, tag 1: tag 'LOC' is not IOB2"),
        ([(["a", ""], ["O", "O"])], "train example 1: expected tokens of at least one character, got '' at 2"),
        ([(["a", 3], ["O", "O"])], "got 3 at 2"),
        ([("ab", ["O", "O"])], "train example 1: expected tokens as a list of strings, got 'ab'"),
        ([([], [])], "train example 1: expected tokens as a list of strings"),
        ([["a"]], r"expected \(tokens, tags\) or \(tokens, tags, label\)"),
        ([(["a"], ["O"], "x"), (["a"], ["O"])], "train example 2: expected a label on every example or on none"),
        ([], "train: expected examples, got none"),
        (
            [TRAIN[0], (["a", "b\udc80"], ["O", "O"])],
            r"train example 2: expected tokens that UTF-8 .* got 'b\\udc80' at 2",
        ),
        ([(["a"], ["B-\ud800"])], "train example 1: expected tags that UTF-8 can write"),
        ([(["a"], ["O"], "\udfff")], "train example 1: expected a label that UTF-8 can write"),
        ([(["a"], ["O"], ["x"])], r"train example 1: expected a label of at least one character, got \['x'\]"),
    ],
)
def test_a_mistake_names_the_example(train, message):
    with pytest.raises(InputError, match=message):
        lists(train)


def test_without_validation_data_a_part_is_held_out():
    corpus = Corpus.from_lists([([str(i)], ["O"]) for i in range(50)], seed=1)
    assert (len(corpus.train), len(corpus.valid), len(corpus.test)) == (45, 5, 0)


def test_an_unknown_token_rule_lists_the_known():
    with pytest.raises(InputError, match="unknown token rule 'words': expected one of whitespace, word, char"):
        lists(TRAIN, tokens="words")


def test_the_token_rules_are_those_of_the_tokenizer():
    assert RULES is TOKEN_RULES


def test_the_fingerprint_is_of_content_and_split():
    first, again, swapped = lists(TRAIN), lists(TRAIN, name="other"), lists(TRAIN[::-1])
    moved = Corpus("", first.train, first.valid[:1], first.valid[1:])
    assert first.fingerprint == again.fingerprint
    assert len({first.fingerprint, swapped.fingerprint, moved.fingerprint}) == 3


def test_the_fingerprint_of_a_worked_example():
    corpus = Corpus("x", (LabeledSequence(("a",), ("O",)),), ())
    assert corpus.fingerprint == hashlib.sha256(b'train\n[["a"], ["O"], null]\nvalid\ntest\n').hexdigest()


@pytest.mark.parametrize(
    ("example", "record"),
    [
        (Text("à b"), b'["\\u00e0 b", null]'),
        (Text("", "x"), b'["", "x"]'),
        (Text("a", ("x", "y")), b'["a", ["x", "y"]]'),
        (Text("a", ()), b'["a", []]'),
        (Frames(((60, 64), ())), b"[[[60, 64], []], null]"),
        (Parallel(("a", "à")), b'[["a", "\\u00e0"]]'),
    ],
)
def test_the_fingerprint_of_other_kinds(example, record):
    corpus = Corpus("x", (example,), ())
    assert corpus.fingerprint == hashlib.sha256(b"train\n" + record + b"\nvalid\ntest\n").hexdigest()


def test_the_fingerprint_tells_plain_tags_from_spans():
    corpus = Corpus("x", (LabeledSequence(("a",), ("O",)),), (), tagging="tokens")
    assert corpus.fingerprint == hashlib.sha256(b'tokens\ntrain\n[["a"], ["O"], null]\nvalid\ntest\n').hexdigest()


def test_the_fingerprint_tells_languages_apart():
    corpus = Corpus("x", (Parallel(("a", "b")),), (), languages=(Language("en"), Language("zh", "char")))
    head = b'[["en", "whitespace"], ["zh", "char"]]\n'
    assert corpus.fingerprint == hashlib.sha256(head + b'train\n[["a", "b"]]\nvalid\ntest\n').hexdigest()


def test_languages_have_different_names_and_known_rules():
    with pytest.raises(InputError, match=r"^languages en, en: expected different names$"):
        Corpus("x", (), (), languages=(Language("en"), Language("en")))
    with pytest.raises(InputError, match="unknown token rule 'words'"):
        Corpus("x", (), (), languages=(Language("en", "words"),))


def test_the_fingerprint_is_computed_once():
    class Counted(tuple):
        readings = 0

        def __iter__(self):
            Counted.readings += 1
            return super().__iter__()

    corpus = Corpus("x", Counted(), ())
    assert Counted.readings == 0
    assert corpus.fingerprint == corpus.fingerprint
    assert Counted.readings == 1


def test_a_corpus_says_of_what_kind_its_examples_are():
    assert lists(TRAIN).kind is LabeledSequence
    assert Corpus("x", (Text("a"),), ()).kind is Text
    with pytest.raises(InputError, match="corpus x: no train examples, expected at least one"):
        Corpus("x", (), ()).kind  # noqa: B018


def test_another_kind_than_required_is_refused():
    corpus = Corpus("ptb", (Text("a"),), ())
    corpus.require(Text)
    with pytest.raises(
        InputError, match=r"^corpus ptb: examples are Text, expected LabeledSequence \(tokens with tags\)$"
    ):
        corpus.require(LabeledSequence)


def test_texts_go_straight_in():
    corpus = Corpus.from_texts(["a b", " c "], valid=[Text("d")], tokens="word", name="mine")
    assert list(corpus.train) == [Text("a b"), Text(" c ")]
    assert list(corpus.valid) == [Text("d")]
    assert (corpus.name, corpus.tokens, len(corpus.test)) == ("mine", "word", 0)


def test_texts_may_have_labels():
    corpus = Corpus.from_texts([("good", "pos"), ("bad", "neg")], valid=[("so so", "neg")])
    assert list(corpus.train) == [Text("good", "pos"), Text("bad", "neg")]


@pytest.mark.parametrize("labels", [["b", "a", "b"], ("b", "a"), {"a", "b"}, frozenset("ab")])
def test_texts_may_have_several_labels_or_none(labels):
    corpus = Corpus.from_texts([("x", labels), Text("y", ("a",)), ("z", [])], valid=[("x", ())])
    assert list(corpus.train) == [Text("x", ("a", "b")), Text("y", ("a",)), Text("z", ())]
    assert list(corpus.valid) == [Text("x", ())]


def test_of_texts_with_several_labels_a_random_part_is_held_out():
    texts = [str(number) for number in range(40)]
    held = Corpus.from_texts([(text, []) for text in texts], seed=1).valid
    assert len(held) == 4
    assert [example.text for example in held] != texts[36:]


def test_of_plain_texts_the_end_is_held_out_and_of_labelled_ones_a_random_part():
    texts = [str(number) for number in range(40)]
    assert [example.text for example in Corpus.from_texts(texts).valid] == texts[36:]
    labelled = Corpus.from_texts([(text, "x") for text in texts], seed=1)
    assert len(labelled.valid) == 4
    assert [example.text for example in labelled.valid] != texts[36:]


def test_a_blank_text_is_an_empty_sentence_where_that_is_asked_for():
    assert list(Corpus.from_texts(["a", " ", "b"], ["c"], blank_lines=True).train) == [Text("a"), Text(""), Text("b")]


@pytest.mark.parametrize(
    ("train", "message"),
    [
        (["a", " "], r"train example 2: expected a text of at least one character, got ' '"),
        (["a", 3], r"train example 2: expected a string or \(string, label\), got 3"),
        ([["a", "b"]], r"train example 1: expected a string or \(string, label\), got \['a', 'b'\]"),
        ([("a", "x"), "b"], "train example 2: expected a label on every example or on none"),
        ([("a", "")], "train example 1: expected a label of at least one character"),
        ([("a", 3)], "train example 1: expected a label of at least one character, got 3"),
        ([("a", ["x", ""])], "train example 1: expected labels of at least one character, got '' at 2"),
        ([("a", [3])], "train example 1: expected labels of at least one character, got 3 at 1"),
        ([("a", "x"), ("b", ["x"])], r"train example 2: expected one label as in example 1, got \('x',\)"),
        ([("a", []), ("b", "x")], "train example 2: expected a list of labels as in example 1, got 'x'"),
        ([("a", []), "b"], "train example 2: expected a label on every example or on none"),
        (["a\ud800"], "train example 1: expected a text that UTF-8 can write"),
        ([], "train: expected examples, got none"),
    ],
)
def test_a_mistake_names_the_text(train, message):
    with pytest.raises(InputError, match=message):
        Corpus.from_texts(train, valid=["a"])


def test_pairs_go_straight_in():
    corpus = Corpus.from_pairs(
        [("go", "走"), [" a b ", "甲乙"]], [Parallel(("no", "不"))], target_tokens="char", name="mine"
    )
    assert list(corpus.train) == [Parallel(("go", "走")), Parallel((" a b ", "甲乙"))]
    assert list(corpus.valid) == [Parallel(("no", "不"))]
    assert (corpus.name, len(corpus.test)) == ("mine", 0)
    assert corpus.languages == (Language("source", "whitespace"), Language("target", "char"))


def test_without_a_rule_of_its_own_the_target_has_that_of_the_source():
    assert [language.tokens for language in Corpus.from_pairs([("a", "b")] * 2, tokens="word").languages] == [
        "word"
    ] * 2


def test_of_pairs_a_random_part_is_held_out():
    pairs = [(str(number), "x") for number in range(40)]
    held = [[example.texts for example in Corpus.from_pairs(pairs, seed=seed).valid] for seed in (1, 1, 2)]
    assert held[0] == held[1] != held[2]
    assert len(held[0]) == 4


@pytest.mark.parametrize(
    ("train", "message"),
    [
        ([("a", "b"), ("a", " ")], "train example 2: expected a target of at least one character, got ' '"),
        ([("", "b")], "train example 1: expected a source of at least one character, got ''"),
        ([("a", 3)], r"train example 1: expected \(source, target\), two strings, got \('a', 3\)"),
        ([("a", "b", "c")], r"train example 1: expected \(source, target\), two strings, got \('a', 'b', 'c'\)"),
        ([Parallel(("a", "b", "c"))], r"train example 1: expected \(source, target\), two strings"),
        (["ab"], r"train example 1: expected \(source, target\), two strings, got 'ab'"),
        ([("a", "b\ud800")], "train example 1: expected a target that UTF-8 can write"),
        ([], "train: expected examples, got none"),
    ],
)
def test_a_mistake_names_the_pair(train, message):
    with pytest.raises(InputError, match=message):
        Corpus.from_pairs(train, valid=[("a", "b")])


def test_frames_go_straight_in_each_pitch_once_and_ascending():
    corpus = Corpus.from_frames([[[64, 60, 60], []], [[60.0]]], valid=[Frames(((1,),))], name="mine")
    assert list(corpus.train) == [Frames(((60, 64), ())), Frames(((60,),))]
    assert (corpus.name, list(corpus.valid)) == ("mine", [Frames(((1,),))])


def test_frames_may_have_labels():
    corpus = Corpus.from_frames([([[60]], "a"), ([[61], [62]], "b")], valid=[([[60]], "a")])
    assert list(corpus.train) == [Frames(((60,),), "a"), Frames(((61,), (62,)), "b")]


@pytest.mark.parametrize(
    ("train", "message"),
    [
        ([[[60], [128]]], r"train example 1, step 2: expected a list of MIDI pitches \(0 to 127\), got \[128\]"),
        ([[[60]], [[60.5]]], r"train example 2, step 1: .* got \[60.5\]"),
        ([[[True]]], r"train example 1, step 1: .* got \[True\]"),
        ([[60, 61]], "train example 1, step 1: expected a list of MIDI pitches .* got 60"),
        ([[]], r"train example 1: expected a list of steps, got \[\]"),
        (["CEG"], "train example 1: expected a list of steps, got 'CEG'"),
        ([], "train: expected examples, got none"),
    ],
)
def test_a_mistake_names_the_piece_and_the_step(train, message):
    with pytest.raises(InputError, match=message):
        Corpus.from_frames(train, valid=[[[60]]])
