import itertools

import pytest

from keras_seq.datasets import InputError, irregular, spans, ticket_desk
from keras_seq.datasets import ticket_desk_en as english
from keras_seq.datasets import ticket_desk_zh as chinese

LANGUAGES = {"zh": chinese, "en": english}


@pytest.fixture(scope="module", params=LANGUAGES)
def desk(request):
    return request.param, ticket_desk(request.param), LANGUAGES[request.param]


def text(example, language):
    return ("" if language == "zh" else " ").join(example.tokens)


def holds(example, city, language):
    """As whole words in English, anywhere in Chinese."""
    return city in text(example, language) if language == "zh" else f" {city} " in f" {text(example, language)} "


def cities_of(example, language):
    separator = "" if language == "zh" else " "
    found = [span for span in spans(example.tags) if span.label != "time"]
    return {separator.join(example.tokens[span.start : span.end]) for span in found}


def test_sizes_and_token_rules(desk):
    language, corpus, _ = desk
    assert [len(split) for split in (corpus.train, corpus.valid, corpus.test)] == [3000, 500, 500]
    assert corpus.tokens == {"zh": "char", "en": "whitespace"}[language]


def test_no_sentence_occurs_twice(desk):
    language, corpus, _ = desk
    texts = [text(example, language) for split in (corpus.train, corpus.valid, corpus.test) for example in split]
    assert len(set(texts)) == len(texts)


def test_tokens_are_those_that_the_rule_makes_of_the_text(desk):
    language, corpus, _ = desk
    rule = list if language == "zh" else str.split
    assert all(rule(text(example, language)) == list(example.tokens) for example in corpus.train)


def test_tags_are_regular_and_of_three_slots(desk):
    _, corpus, _ = desk
    assert not any(irregular(example.tags, "IOB2") for example in corpus.train)
    for split in (corpus.train, corpus.valid, corpus.test):
        assert {span.label for example in split for span in spans(example.tags)} == {"time", "origin", "destination"}


def test_every_split_has_every_sentence_label(desk):
    _, corpus, _ = desk
    labels = [{example.label for example in split} for split in (corpus.train, corpus.valid, corpus.test)]
    assert labels == [{"book", "refund", "change", "ask_price", "ask_time", "other"}] * 3


def test_held_out_cities_are_in_every_test_sentence_and_in_no_other(desk):
    language, corpus, module = desk

    assert all(any(holds(example, city, language) for city in module.HELD_OUT) for example in corpus.test)
    for example in itertools.chain(corpus.train, corpus.valid):
        assert not any(holds(example, city, language) for city in module.HELD_OUT)


def test_a_fifth_of_the_cities_is_held_out(desk):
    _, _, module = desk
    assert len(set(module.CITIES)) == len(module.CITIES) >= 60
    assert not set(module.CITIES) & set(module.HELD_OUT)
    assert 0.15 < len(module.HELD_OUT) / len([*module.CITIES, *module.HELD_OUT]) < 0.25


def test_no_held_out_city_has_two_new_tokens_in_a_row(desk):
    language, corpus, module = desk
    known = {token for example in corpus.train for token in example.tokens}
    for city in module.HELD_OUT:
        new = [token not in known for token in (city if language == "zh" else city.split())]
        assert not any(one and other for one, other in itertools.pairwise(new)), city


def test_every_slot_has_known_and_held_out_cities_in_test(desk):
    language, corpus, module = desk
    used = set().union(*(cities_of(example, language) for example in corpus.test))
    assert used >= set(module.HELD_OUT)
    assert used & set(module.CITIES)
    assert used <= {*module.CITIES, *module.HELD_OUT}


def test_the_same_city_is_origin_destination_and_neither(desk):
    language, corpus, module = desk
    separator = "" if language == "zh" else " "
    roles = {city: set() for city in module.CITIES}
    for example in corpus.train:
        found = {separator.join(example.tokens[s.start : s.end]): s.label for s in spans(example.tags)}
        for city in module.CITIES:
            if holds(example, city, language):
                roles[city].add(found.get(city))
    assert all(seen >= {"origin", "destination", None} for seen in roles.values())


def test_times_are_sometimes_no_slot(desk):
    language, corpus, _ = desk
    word = {"zh": "明天", "en": "tomorrow"}[language]
    tags = {
        tag[:1]
        for example in corpus.train
        for at, tag in enumerate(example.tags)
        if "".join(example.tokens[at:]).startswith(word)
    }
    assert tags >= {"B", "O"}  # in English also I: the day after tomorrow


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_determines_its_labels(language):
    labels = {}
    for seed in range(8):
        corpus = ticket_desk(language, seed=seed)
        for example in itertools.chain(corpus.train, corpus.valid, corpus.test):
            assert labels.setdefault(example.tokens, example) == example


@pytest.mark.parametrize(("verb", "role"), [("去", "destination"), ("离开", "origin")])
def test_the_examples_of_the_readme_are_a_pattern_of_train_and_in_no_split(verb, role):
    corpus = ticket_desk()
    alike = []
    for example in corpus.train:
        found = spans(example.tags)
        if [span.label for span in found] == ["time", role] and found[1].end == len(example.tokens):
            alike.append("".join(example.tokens[: found[0].start] + example.tokens[found[0].end : found[1].start]))
    assert f"我{verb}" in alike
    for split in (corpus.train, corpus.valid, corpus.test):
        assert f"我一月一号{verb}郑州" not in {"".join(example.tokens) for example in split}


def test_the_seed_decides():
    assert ticket_desk(size=60, seed=1).fingerprint == ticket_desk(size=60, seed=1).fingerprint
    assert ticket_desk(size=60, seed=1).fingerprint != ticket_desk(size=60, seed=2).fingerprint


def test_dates_are_those_of_the_calendar():
    assert [chinese.numeral(n) for n in (1, 10, 12, 20, 31)] == ["一", "十", "十二", "二十", "三十一"]
    assert [english.ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 30)] == (
        "1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 23rd 30th".split()
    )
    assert len(chinese.RULES["month_day"]) == len(english.RULES["month_day"]) == 366


def test_an_unknown_language_and_a_size_too_small():
    with pytest.raises(InputError, match="unknown ticket desk language 'fr': expected zh or en"):
        ticket_desk("fr")
    with pytest.raises(InputError, match="ticket desk of 5 sentences: expected at least 6"):
        ticket_desk(size=5)
