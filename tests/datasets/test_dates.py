import re
import unicodedata
from datetime import date, timedelta

import pytest

from keras_seq.datasets import InputError, Language, Parallel, dates
from keras_seq.datasets.dates import FORMS, UNSEEN, written
from keras_seq.datasets.dates_en import year_in_words
from keras_seq.datasets.dates_zh import financial

# By hand, pattern by pattern: 4 March 2015 was a Wednesday, 21 November 2004 a Sunday.
ENGLISH = """
    4 March 2015|4th March 2015|4th of March 2015|the 4th of March, 2015|the fourth of March 2015
    the fourth of March, twenty fifteen|4 MARCH 2015|4 Mar 2015|04 Mar 2015|04-Mar-2015|4-Mar-15|4 Mar '15
    March 4, 2015|March 4 2015|March 4th, 2015|March the fourth, 2015|March fourth, twenty fifteen|MARCH 4, 2015
    Mar 4, 2015|Mar. 4, 2015|Mar 4 '15
    2015 March 4|2015, March 4th|2015-Mar-04
    Wed, 4 Mar 2015|Wed Mar 04 2015|Wed, Mar 4 '15|Wednesday, 4 March 2015|Wednesday 4th March 2015
    Wednesday, the 4th of March, 2015|Wednesday, the fourth of March, twenty fifteen|Wednesday, March 4, 2015
    on Wednesday, March 4th, 2015
    3/4/2015|03/04/2015|03/04/15|Wed 3/4/2015|4.3.2015|04.03.2015|04.03.15|2015-03-04|2015/03/04|2015.3.4|20150304
"""
CHINESE = """
    2004年11月21日|2004年11月21日|2004年11月21号|2004 年 11 月 21 日|２００４年１１月２１日|公元2004年11月21日
    04年11月21日|04年11月21号|2004年的11月21号|2004-11-21|2004-11-21|2004/11/21|2004/11/21|04/11/21
    2004.11.21|2004.11.21|20041121
    二〇〇四年十一月二十一日|二零零四年十一月二十一日|二零零四年十一月二十一号|二〇〇四年十一月廿一日
    零四年十一月二十一日|零四年十一月二十一号|公元二〇〇四年十一月二十一日|2004年十一月二十一日
    贰零零肆年壹拾壹月贰拾壹日
    2004年11月21日星期日|2004年11月21日 周日|2004年11月21日（星期日）|2004年11月21号礼拜天|2004-11-21 周日
    星期日，2004年11月21日|二〇〇四年十一月二十一日星期日|二零零四年十一月二十一号，星期天
    零四年十一月二十一号星期天|04年11月21号周日|周日，二零零四年十一月二十一号
"""
LANGUAGES = ("en", "zh")
LEAP = [date(year, 1, 1) + timedelta(number) for year in (1904, 1996, 2004, 2096) for number in range(366)]


def forms(table):
    return [form.strip() for line in table.strip().splitlines() for form in line.split("|")]


@pytest.fixture(scope="module", params=LANGUAGES)
def corpus(request):
    return dates(request.param)


def splits(corpus):
    return [list(split) for split in (corpus.train, corpus.valid, corpus.test)]


@pytest.mark.parametrize(
    ("language", "day", "expected"), [("en", date(2015, 3, 4), ENGLISH), ("zh", date(2004, 11, 21), CHINESE)]
)
def test_every_form_of_a_day(language, day, expected):
    assert written(day, language) == forms(expected)


@pytest.mark.parametrize("language", LANGUAGES)
def test_at_least_25_different_patterns(language):
    patterns = FORMS[language].patterns
    assert len(set(patterns)) == len(patterns) >= 25


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_means_one_day_even_without_blanks_and_case(language):
    meant = {}
    for day in [*LEAP, *(date(year, month, month) for year in range(1900, 2100) for month in range(1, 13))]:
        for form in written(day, language):
            key = "".join(unicodedata.normalize("NFKC", form).casefold().split())
            assert meant.setdefault(key, day) == day, form


@pytest.mark.parametrize(
    ("year", "short"), [(1949, False), (1950, True), (1999, True), (2000, True), (2049, True), (2050, False)]
)
def test_two_digits_of_a_year_are_for_1950_to_2049_alone(year, short):
    day = date(year, 12, 31)
    english, chinese = written(day, "en"), written(day, "zh")
    assert (f"31-Dec-{year % 100:02}" in english) == short
    assert (f"{year % 100:02}年12月31日" in chinese) == short
    assert all(str(year) in form or year_in_words(year) in form for form in english) != short


@pytest.mark.parametrize(
    ("year", "words"),
    [
        (1900, "nineteen hundred"),
        (1905, "nineteen oh five"),
        (1910, "nineteen ten"),
        (1999, "nineteen ninety-nine"),
        (2000, "two thousand"),
        (2007, "two thousand and seven"),
        (2010, "twenty ten"),
        (2040, "twenty forty"),
        (2099, "twenty ninety-nine"),
    ],
)
def test_years_in_words(year, words):
    assert year_in_words(year) == words


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2006, 1, 15), "贰零零陆年零壹月壹拾伍日"),
        (date(2022, 2, 12), "贰零贰贰年零贰月壹拾贰日"),
        (date(2008, 10, 20), "贰零零捌年零壹拾月零贰拾日"),
        (date(1990, 12, 9), "壹玖玖零年壹拾贰月零玖日"),
        (date(1999, 3, 10), "壹玖玖玖年叁月零壹拾日"),
        (date(1999, 11, 30), "壹玖玖玖年壹拾壹月零叁拾日"),
    ],
)
def test_the_date_of_a_cheque(day, expected):
    assert financial(day) == expected


def test_may_is_not_abbreviated():
    assert not [form for form in written(date(2015, 5, 4)) if "May." in form]


def test_sizes_and_languages(corpus):
    assert [len(split) for split in splits(corpus)] == [10000, 1000, 1000]
    assert corpus.languages == (Language("source", "char"), Language("target", "char"))
    assert corpus.kind is Parallel


def test_each_target_is_a_day_that_has_that_form(corpus):
    language = "zh" if corpus.name == "dates-zh" else "en"
    for split in splits(corpus):
        for source, target in (example.texts for example in split[:500]):
            assert re.fullmatch(r"(19|20)\d\d-\d\d-\d\d", target)
            assert source in written(date.fromisoformat(target), language)


def test_neither_form_nor_day_occurs_twice(corpus):
    for side in range(2):
        texts = [example.texts[side] for split in splits(corpus) for example in split]
        assert len(set(texts)) == len(texts)


def test_every_pattern_is_in_every_split(corpus):
    language = "zh" if corpus.name == "dates-zh" else "en"
    patterns, parts = FORMS[language].patterns, FORMS[language].parts
    for split in splits(corpus):
        used = set()
        for source, target in (example.texts for example in split[:1000]):
            found = parts(date.fromisoformat(target))
            used |= {pattern for pattern in patterns if pattern.format_map(found) == source}
        assert used == set(patterns)


def test_the_weekday_is_that_of_the_day(corpus):
    names = {"Mon": 0, "Tue": 1, "Wed": 2, "Thu": 3, "Fri": 4, "Sat": 5, "Sun": 6}
    names |= {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
    found = 0
    for source, target in (example.texts for example in corpus.train):
        if match := re.search(r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)|(?:星期|礼拜|周)(.)", source):
            found += 1
            assert names[match[1] or match[2]] == date.fromisoformat(target).weekday(), source
    assert found > 1000


def test_years_are_of_the_whole_range(corpus):
    years = {example.texts[1][:4] for example in corpus.train}
    assert years == {str(year) for year in range(1900, 2100)}


def test_the_day_of_the_docs_is_in_no_split(corpus):
    assert date(2015, 3, 4) == UNSEEN
    assert not [example for split in splits(corpus) for example in split if example.texts[1] == "2015-03-04"]


def test_the_seed_decides():
    assert dates(size=60, seed=1).fingerprint == dates(size=60, seed=1).fingerprint
    assert dates(size=60, seed=1).fingerprint != dates(size=60, seed=2).fingerprint


def test_an_unknown_language_and_a_size_that_cannot_be():
    with pytest.raises(InputError, match="unknown language of dates 'fr': expected one of en, zh"):
        dates("fr")
    for size in (9, 60875):  # 200 years have 73,049 days, one of which is never drawn
        with pytest.raises(InputError, match=f"dates of {size} examples: expected at least 10 and, .* at most 73048"):
            dates(size=size)
    largest = dates(size=60874)
    assert sum(map(len, (largest.train, largest.valid, largest.test))) == 60874 + 2 * 6087
