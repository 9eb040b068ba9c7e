"""Pictures are files that others can read."""

import matplotlib.image
import pytest

from keras_seq.pipelines.pictures import coloured_tokens, confusion_matrix, training_curves

HISTORY = {
    "loss": [3.0, 2.0, 1.0],
    "best_epoch": [1, 2, 2],
    "valid_f1": [0.1, 0.5, 0.4],
    "valid_label_accuracy": [0.2, 0.3, 0.9],
}


@pytest.mark.parametrize("epochs", [1, 3])
def test_curves_are_a_png(tmp_path, epochs):
    training_curves({name: values[:epochs] for name, values in HISTORY.items()}, tmp_path / "curves.png")
    height, width, _ = matplotlib.image.imread(tmp_path / "curves.png").shape
    assert width > height > 100


def test_curves_show_what_they_are_given(tmp_path):
    training_curves(HISTORY, tmp_path / "one.png")
    training_curves({**HISTORY, "valid_f1": [0.9, 0.1, 0.4]}, tmp_path / "other.png")
    assert (tmp_path / "one.png").read_bytes() != (tmp_path / "other.png").read_bytes()


@pytest.mark.parametrize("labels", [1, 3, 40])
def test_a_confusion_matrix_is_a_png_of_bounded_size(tmp_path, labels):
    confusion = {(f"label {i}", f"label {j}"): i * j for i in range(labels) for j in range(labels)}
    confusion_matrix(confusion, tmp_path / "confusion.png", most=4)
    height, width, _ = matplotlib.image.imread(tmp_path / "confusion.png").shape
    assert max(height, width) <= 120 * (2.5 + 0.5 * 4 + 1)


def test_the_labels_with_the_most_errors_are_drawn(tmp_path):
    wrong = {("a", "b"): 5, ("b", "a"): 4, ("c", "d"): 1}
    confusion_matrix({**wrong, ("d", "d"): 900}, tmp_path / "one.png", most=2)
    confusion_matrix({("a", "b"): 5, ("b", "a"): 4}, tmp_path / "other.png", most=2)
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "other.png").read_bytes()


class TestColouredTokens:
    def test_long_texts_have_more_lines(self, tmp_path):
        heights = []
        for count in (3, 300):
            coloured_tokens(["word"] * count, [1.0] * count, 16, tmp_path / f"{count}.png")
            heights.append(matplotlib.image.imread(tmp_path / f"{count}.png").shape[0])
        assert heights[1] > 5 * heights[0]

    def test_the_values_are_the_colours(self, tmp_path):
        pages = set()
        for value in (1.0, 8.0, float("inf")):
            coloured_tokens(["word", "$a_1$"], [value, 0.0], 16, tmp_path / "page.png")
            pages.add((tmp_path / "page.png").read_bytes())
        assert len(pages) == 3
