"""Effects of tokens as words, a page, a picture and colours of a terminal."""

import io
from dataclasses import replace
from html.parser import HTMLParser

import matplotlib
import matplotlib.image
import numpy as np
import pytest
from rich.console import Console

from keras_seq.pipelines import TextExplanation
from keras_seq.pipelines.text_explanation import AGAINST, FOR

TEXT = "not  <a> fine\nfilm"
OFFSETS = [(0, 3), (5, 8), (9, 13), (14, 18)]


@pytest.fixture
def explanation():
    tokens = [TEXT[start:end] for start, end in OFFSETS]
    return TextExplanation(TEXT, tokens, np.array([-0.5, 0.002, 0.25, 0.0]), "good", "gradient", OFFSETS)


class Page(HTMLParser):
    """The parts of a page: the text in each span, with its style."""

    def __init__(self, page):
        super().__init__()
        self.open, self.spans, self.text = [], [], ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag != "meta":
            self.open.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        tags = [tag for tag, _ in self.open]
        if "p" in tags:
            self.text += data
        if "p" in tags and tags[-1] == "span":
            self.spans.append((data, self.open[-1][1]["style"]))


def test_a_person_reads_the_strongest(explanation):
    assert str(explanation) == "good, because of: fine +0.25; against it: not -0.50"


def test_a_person_reads_that_no_token_decides():
    assert str(TextExplanation("去", ["去"], np.zeros(1), "x", "occlusion")) == "x, because of: no single token"


def test_what_was_not_read_is_said_wherever_it_is_shown(explanation, tmp_path):
    cut = replace(explanation, truncated=True)
    console = Console(file=io.StringIO(), width=200)
    cut.terminal(console)
    cut.html(tmp_path / "page.html")
    shown = [str(cut), console.file.getvalue(), (tmp_path / "page.html").read_text("utf-8")]
    assert all("read no further than its beginning" in each for each in shown)
    assert (cut.as_dict()["truncated"], explanation.as_dict()["truncated"]) == (True, False)


def test_both_sides_are_in_order(explanation):
    speaks_for, against = explanation.strongest()
    assert speaks_for == [("fine", 0.25), ("<a>", 0.002)]
    assert against == [("not", -0.5)]


def test_a_page_has_the_text_as_it_was_written(explanation, tmp_path):
    explanation.html(tmp_path / "page.html")
    page = Page((tmp_path / "page.html").read_text("utf-8"))
    assert not page.open
    assert page.text == TEXT
    grounds = dict(page.spans)
    assert grounds["not"] == "background:rgba({},{},{},0.85)".format(*AGAINST)
    assert grounds["fine"] == "background:rgba({},{},{},0.42)".format(*FOR)


@pytest.mark.parametrize(("tokens", "expected"), [(["f", "ö", " "], "fö "), (["fi", "##ne"], "fi ##ne"), ([], "")])
def test_letters_and_pieces_are_shown_as_they_were_read(tokens, expected, tmp_path):
    TextExplanation("?", tokens, np.ones(len(tokens)), "x", "gradient").html(tmp_path / "page.html")
    assert Page((tmp_path / "page.html").read_text("utf-8")).text == expected


def test_a_terminal_shows_the_same_in_colours(explanation):
    console = Console(file=io.StringIO(), force_terminal=True, color_system="truecolor", width=200)
    explanation.terminal(console)
    shown = console.file.getvalue()
    assert "48;2;{};{};{}m".format(*AGAINST) in shown  # the ground of `not`
    plain = Console(file=io.StringIO(), width=200)
    explanation.terminal(plain)
    assert plain.file.getvalue() == f"good: {TEXT}\n"


def test_a_picture_has_two_colours(explanation, tmp_path):
    explanation.png(tmp_path / "page.png")
    pixels = matplotlib.image.imread(tmp_path / "page.png")[..., :3].reshape(-1, 3)
    for place in (0.0, 0.75):  # -0.5 and 0.25 on a scale from -0.5 to 0.5
        ground = np.array(matplotlib.colormaps["RdBu_r"](place)[:3])
        assert (np.abs(pixels - ground).max(axis=1) < 0.02).sum() > 100


def test_a_picture_of_nothing_is_a_picture(tmp_path):
    TextExplanation("", [], np.zeros(0), "x", "gradient").png(tmp_path / "page.png")
    assert matplotlib.image.imread(tmp_path / "page.png").size


def test_it_goes_to_plain_values(explanation):
    found = explanation.as_dict()
    assert found["effects"] == [-0.5, 0.002, 0.25, 0.0]
    assert found["offsets"][1] == [5, 8]
