"""What is said of a text, in numbers and pictures."""

import json
import math

import matplotlib.image
import pytest

from keras_seq.pipelines import ScoredText

LOGS = [-math.log(2), -math.log(8), -math.log(4)]
SCORED = ScoredText("a <b>", ["a", "<b>", "</s>"], LOGS, [True, False, True], [("a", 0.5), ("b", 0.25)])
ODD = ScoredText(
    '<script>"$x_1$&', ['<script>"', "$x_1$", "&", "去", "", "</s>"], [-1.0, -math.inf, 0.0, -2, -3, -4], [True] * 6, []
)


def test_its_log_probability_is_the_sum():
    assert SCORED.log_probability == pytest.approx(-6 * math.log(2))


def test_its_perplexity_is_two_to_the_mean_of_the_bits():
    assert SCORED.bits == pytest.approx([1, 3, 2])
    assert SCORED.perplexity == pytest.approx(4)


@pytest.mark.filterwarnings("error")
def test_what_is_impossible_is_infinitely_surprising():
    assert (ODD.log_probability, ODD.perplexity) == (-math.inf, math.inf)


def test_it_is_written_behind_its_log_probability():
    assert str(SCORED) == "-4.1589\ta <b>"


def test_it_is_plain_for_json():
    found = json.loads(json.dumps(SCORED.as_dict()))
    assert found["following"] == [["a", 0.5], ["b", 0.25]]
    assert found["perplexity"] == pytest.approx(4)
    assert list(found) == ["text", "log_probability", "perplexity", "tokens", "log_probabilities", "known", "following"]


def test_a_page_shows_markup_as_text(tmp_path):
    ODD.html(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "<script>" not in page
    assert "&lt;script&gt;&quot;" in page
    assert "去" in page
    assert 'title="1.44 bits"' in page


@pytest.mark.parametrize("scored", [SCORED, ODD])
def test_a_picture_is_drawn(scored, tmp_path, caplog):
    scored.png(tmp_path / "picture.png")
    assert matplotlib.image.imread(tmp_path / "picture.png").ndim == 3
    assert "findfont" not in caplog.text
