"""Pictures of alignments: cells as dark as their weights, every name inside the picture and beside no other's place."""

import importlib
import itertools

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.image import imread

module = importlib.import_module("keras_seq.pipelines.alignment_picture")

ENGLISH = [*"we visited the Palace Museum in Beijing yesterday".split(), "</s>"]
CHINESE = [*"我们昨天在北京参观了故宫", "</s>"]
DATE = [*"the 4th of March", "</s>"]
CASES = {
    "words": (ENGLISH, CHINESE),
    "characters": (CHINESE, ENGLISH),
    "blanks": (DATE, [*"2015-03-04", "</s>"]),
    "long": (ENGLISH * 12, CHINESE * 10),
    "one": (["</s>"], ["</s>"]),
    "signs": (["$x_1$", "x" * 60, "</s>"], ["\\frac", "e\u0301" * 3, "</s>"]),
}


@pytest.fixture(params=CASES)
def drawn(request):
    """The axes of a picture, what draws it, its units."""
    source, target = CASES[request.param]
    weights = np.random.default_rng(1).dirichlet(np.ones(len(source)), len(target))
    figure = module.alignment_figure(source, target, weights)
    with module.quiet_fonts():
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
    return figure.axes[0], canvas.get_renderer(), source, target


def boxes(labels, renderer):
    return [label.get_window_extent(renderer) for label in labels]


def test_every_name_is_inside_of_the_picture(drawn):
    axes, renderer, _, _ = drawn
    whole = axes.figure.bbox
    for box in boxes([*axes.get_xticklabels(), *axes.get_yticklabels()], renderer):
        assert whole.x0 <= box.x0 < box.x1 <= whole.x1
        assert whole.y0 <= box.y0 < box.y1 <= whole.y1


def test_no_two_names_overlap(drawn):
    """Names that slant lie as far apart as their lines do."""
    axes, renderer, source, _ = drawn
    columns = axes.get_xticklabels()
    if columns[0].get_rotation():
        apart = axes.get_window_extent().width / len(source) * np.sin(np.pi / 4)
        assert apart > columns[0].get_fontsize() * axes.figure.dpi / 72
    else:
        assert all(one.x1 <= other.x0 for one, other in itertools.pairwise(boxes(columns, renderer)))
    rows = boxes(axes.get_yticklabels(), renderer)
    assert all(one.y0 >= other.y1 - 1 for one, other in itertools.pairwise(rows))


def test_cells_are_squares(drawn):
    axes, _, source, target = drawn
    box = axes.get_window_extent()
    assert box.width / len(source) == pytest.approx(box.height / len(target), rel=1e-6)


def test_each_row_and_column_has_its_name(drawn):
    axes, _, source, target = drawn
    names = [[label.get_text() for label in labels] for labels in (axes.get_xticklabels(), axes.get_yticklabels())]
    for found, units in zip(names, (source, target), strict=True):
        assert len(found) == len(units)
        for name, unit in zip(found, units, strict=True):
            assert name.replace("␣", " ").removesuffix("…") == unit[: len(name.removesuffix("…"))]
            assert len(name) <= module.NAME


def test_a_blank_is_seen_and_single_letters_stand_upright():
    figure = module.alignment_figure(DATE, ["a"], np.ones((1, len(DATE))))
    labels = figure.axes[0].get_xticklabels()
    assert labels[3].get_text() == "␣"
    assert labels[0].get_rotation() == 0
    assert module.alignment_figure(ENGLISH, ["a"], np.ones((1, 9))).axes[0].get_xticklabels()[0].get_rotation() == 45


def test_the_darker_the_greater_the_weight(tmp_path):
    weights = np.array([[1.0, 0.0, 0.25], [0.0, 0.5, 0.75]])
    module.alignment_picture(["a", "b", "c"], ["x", "y"], weights, tmp_path / "a.png")
    picture = imread(tmp_path / "a.png")[..., :3].sum(axis=2)
    high, wide = picture.shape
    layout = module.Layout.of(["a", "b", "c"], ["x", "y"])
    left, top = (round(150 * inches) for inches in (layout.left, layout.top))
    side = 150 * layout.cell
    found = [
        [picture[top + round(side * (r + 0.5)), left + round(side * (c + 0.5))] for c in range(3)] for r in range(2)
    ]
    assert np.argsort(np.ravel(found)).tolist()[:4] == [0, 5, 4, 2]
    assert found[0][1] == found[1][0] > found[0][2]
    assert left + 3 * side <= wide
    assert top + 2 * side <= high
