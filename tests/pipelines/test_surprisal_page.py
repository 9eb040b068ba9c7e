"""The page of surprise, read by an HTML parser."""

import math
import re
from html.parser import HTMLParser

import pytest

from keras_seq.pipelines import ScoredText
from keras_seq.pipelines.surprisal_page import surprisal_page


class Spans(HTMLParser):
    """The marked tokens of each paragraph: (text, opacity, title, whether it is unknown); and all text."""

    def __init__(self):
        super().__init__()
        self.paragraphs, self.text, self._span = [], "", None

    def handle_starttag(self, tag, attributes):
        if tag == "p":
            self.paragraphs.append([])
        elif tag == "span":
            self._span = dict(attributes)

    def handle_data(self, data):
        self.text += data
        if self._span is not None:
            opacity = float(re.search(r"([\d.]+)\)", self._span["style"])[1])
            self.paragraphs[-1].append((data, opacity, self._span["title"], self._span.get("class") == "unknown"))

    def handle_endtag(self, tag):
        if tag == "span":
            self._span = None


def scored(tokens, bits, known=None):
    logs = [-value * math.log(2) for value in bits]
    return ScoredText(" ".join(tokens[:-1]), tokens, logs, known or [True] * len(tokens), [])


@pytest.fixture
def read(tmp_path):
    """read(*texts): the parsed page."""

    def parse(*texts):
        surprisal_page(texts, tmp_path / "page.html")
        page = Spans()
        page.feed((tmp_path / "page.html").read_text("utf-8"))
        return page

    return parse


def test_every_text_is_a_paragraph_of_its_tokens(read):
    page = read(scored(["the", "cat", "</s>"], [1, 2, 0]), scored(["</s>"], [3]))
    assert [[token for token, *_ in spans] for spans in page.paragraphs] == [["the", "cat", "</s>"], ["</s>"]]


def test_the_redder_the_less_it_was_expected(read):
    (spans,) = read(scored(["a", "bb", "c", "d", "</s>"], [0, 4, 8, 16, 40])).paragraphs
    assert [opacity for _, opacity, *_ in spans] == pytest.approx([0, 0.2, 0.4, 0.8, 0.8])
    assert spans[1][2] == "4.00 bits"


def test_what_is_impossible_has_the_full_colour(read):
    (spans,) = read(scored(["no", "</s>"], [math.inf, 0])).paragraphs
    assert spans[0][1:3] == (0.8, "inf bits")


def test_markup_in_a_text_stays_text(read):
    (spans,) = read(scored(["<script>", "&amp;", '"', "</s>"], [1, 1, 1, 1])).paragraphs
    assert [token for token, *_ in spans] == ["<script>", "&amp;", '"', "</s>"]


def test_unknown_tokens_are_marked(read):
    (spans,) = read(scored(["the", "quokka", "</s>"], [1, 2, 0], [True, False, True])).paragraphs
    assert [unknown for *_, unknown in spans] == [False, True, False]


def test_letters_stand_together_and_words_apart(read):
    assert "我去</s>" in read(scored(["我", "去", "</s>"], [1, 1, 1])).text
    assert "we go </s>" in read(scored(["we", "go", "</s>"], [1, 1, 1])).text
