"""Fonts of a picture: every letter has one, or is told of; matplotlib's own warnings are left out."""

import importlib
import logging
import warnings

import pytest
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font

module = importlib.import_module("keras_seq.pipelines.picture_fonts")
NOWHERE = "\U000e0fff"  # of no script: no font has it


def test_latin_letters_need_the_first_alone():
    assert module.fonts_for(["the cat", "ß é — …"]) == ["DejaVu Sans Mono", "monospace"]
    assert module.fonts_for([]) == ["monospace"]


@pytest.mark.parametrize("texts", [["去郑州", "a"], ["привет", "שלום"], ["مرحبا"], ["a" + NOWHERE]])
def test_each_letter_is_in_one_of_them_or_told_of(texts, caplog):
    with caplog.at_level(logging.WARNING):
        families = module.fonts_for(texts)
    faces = [get_font(findfont(FontProperties(family=[family]))) for family in families]
    lacking = {letter for letter in "".join(texts) if not any(face.get_char_index(ord(letter)) for face in faces)}
    told = [message for message in caplog.messages if message.startswith("no font of this machine has ")]
    assert len(told) == bool(lacking)
    assert all(letter in message for message in told for letter in lacking)
    assert all("expected one such as Noto Sans CJK" in message for message in told)


def draw(path, letter):
    figure = Figure()
    figure.text(0.5, 0.5, letter, family=["DejaVu Sans Mono"])
    figure.savefig(path)


def test_matplotlib_is_quiet_for_a_while(tmp_path):
    with pytest.warns(UserWarning, match="missing from font"):
        draw(tmp_path / "a.png", "去")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with module.quiet_fonts():
            draw(tmp_path / "b.png", "郑州")
