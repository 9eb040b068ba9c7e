"""Which token a label rests on."""

import html.parser

import numpy as np
import pytest

from keras_seq.datasets import Span
from keras_seq.pipelines import Explanation, TextExplanation, explanation_page

EFFECTS = np.array([[0.1, 0.9, 0.7], [0.0, 0.2, 0.0], [0.0, -0.5, 0.001]])


@pytest.fixture
def explanation():
    return Explanation("to <b> Rome", ["to", "<b>", "Rome"], ["O", "B-city", "I-city"], EFFECTS)


class Page(html.parser.HTMLParser):
    """Which tags a page has, each closed in its order, and its text."""

    def __init__(self, text):
        super().__init__()
        self.open, self.closed, self.text = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        self.closed.append(tag)

    def handle_data(self, data):
        self.text.append(data)


def test_reasons_are_the_mean_over_the_span_the_strongest_first(explanation):
    reasons = explanation.reasons(Span("city", 1, 3))
    assert [token for token, _ in reasons] == ["to", "<b>", "Rome"]
    assert [effect for _, effect in reasons] == pytest.approx([0.8, 0.1, -0.2495])


def test_a_person_reads_the_reasons_of_each_span(explanation):
    assert str(explanation) == "<b> Rome = city, because of: to +0.80, <b> +0.10"


def test_a_person_reads_that_no_token_decides():
    assert str(Explanation("去", ["去"], ["B-x"], np.zeros((1, 1)))) == "去 = x, because of: no single token"


def test_a_page_is_well_formed_and_its_text_escaped(explanation, tmp_path):
    explanation.html(tmp_path / "page.html")
    page = Page((tmp_path / "page.html").read_text("utf-8"))
    assert not page.open
    assert page.closed.count("span") == 3
    assert [text for text in page.text if text.strip()][-4:] == ["<b> Rome = city", "to", "<b>", "Rome"]


def test_json_has_the_effects_on_each_span(explanation):
    (span,) = explanation.as_dict()["spans"]
    assert span.pop("effects") == pytest.approx([0.8, 0.1, -0.2495])
    assert span == {"label": "city", "start": 1, "end": 3}


def test_a_page_of_several_texts_has_a_section_for_each(explanation, tmp_path):
    whole = TextExplanation("no <i>", ["no", "<i>"], np.array([0.5, -0.5]), "bad", "gradient", [(0, 2), (3, 6)])
    explanation_page([explanation, whole, explanation], tmp_path / "page.html")
    page = Page((tmp_path / "page.html").read_text("utf-8"))
    assert not page.open
    assert (page.closed.count("table"), page.closed.count("p"), page.closed.count("body")) == (2, 1, 1)
    assert "<i>" in page.text


def test_a_page_of_no_spans_is_a_page(tmp_path):
    Explanation("", [], [], np.zeros((0, 0))).html(tmp_path / "page.html")
    assert "table" in Page((tmp_path / "page.html").read_text()).closed


class TestOfALabeler:
    def test_effects_have_a_row_and_a_column_for_each_token(self, labeler):
        explanation = labeler.explain("we go to Rome")
        assert explanation.effects.shape == (len(explanation.tokens),) * 2
        assert explanation.labels == labeler.predict("we go to Rome").labels

    def test_nothing_to_the_right_matters_to_a_labeler_that_reads_from_the_left(self, speller):
        effects = speller.explain("please to Rome now tomorrow").effects
        np.testing.assert_allclose(np.tril(effects, -1), 0, atol=1e-6)
        assert np.abs(effects).max() > 0.1

    def test_an_empty_text_has_no_effects(self, labeler):
        assert labeler.explain(" ").effects.shape == (0, 0)
