"""Mixtures of the texts of a batch: their shape, their share, and that each has one end."""

import keras
import numpy as np
import pytest

from keras_seq.pipelines.text_mixing import crossed, replaced


def batch(rows=400, most=9, width=12, seed=0):
    """Texts (B, T) of which each unit says where it is from: unit t of row b is 3 + b T + t; an end, and padding."""
    lengths = np.random.default_rng(seed).integers(0, most, rows)
    steps = np.arange(width)
    ids = 3 + np.arange(rows)[:, None] * width + steps
    return np.where(steps < lengths[:, None], ids, np.where(steps == lengths[:, None], 2, 0)).astype(np.int32)


def seeds(seed=0):
    return keras.random.SeedGenerator(seed)


class TestCrossed:
    def test_each_row_begins_as_itself_and_ends_as_another_from_some_place(self):
        ids = batch()
        found = crossed(ids, 0.999, seeds()).numpy()
        for row, mixed in enumerate(found):
            units = mixed[mixed > 2]
            rows, places = (units - 3) // ids.shape[1], (units - 3) % ids.shape[1]
            assert places.tolist() == list(range(len(units)))
            moved = rows != row
            assert len(set(rows[moved])) <= 1
            assert not moved.any() or moved[moved.argmax() :].all()
            end = mixed.tolist().index(2)
            assert end == len(units)
            assert not mixed[end + 1 :].any()

    def test_of_a_share_of_the_rows(self):
        ids = batch(rows=2000)
        changed = [(crossed(ids, share, seeds()).numpy() != ids).any(axis=1).mean() for share in (0.3, 0.9)]
        assert changed[0] == pytest.approx(changed[1] / 3, abs=0.04)
        assert changed[1] > 0.6  # the others are crossed with themselves, or behind all of their units

    def test_rows_of_padding_stay_and_are_not_taken(self):
        ids = np.concatenate([batch(rows=4), np.zeros((60, 12), np.int32)])
        for seed in range(20):
            lengths = (crossed(ids, 0.999, seeds(seed)).numpy() > 0).sum(axis=1)
            assert (lengths[:4] > 0).all()
            assert not lengths[4:].any()

    def test_sentences_of_paragraphs_stay_whole(self):
        ids = batch()
        paragraphs = np.stack([ids, np.where(ids > 0, 7, 0)], axis=2)
        found = crossed(paragraphs, 0.8, seeds()).numpy()
        np.testing.assert_array_equal(found[:, :, 0], crossed(ids, 0.8, seeds()))
        np.testing.assert_array_equal(found[:, :, 1], np.where(found[:, :, 0] > 0, 7, 0))


class TestReplaced:
    def test_a_share_of_the_units_becomes_others_of_the_batch(self):
        ids = batch(rows=1000)
        found = replaced(ids, 0.3, seeds()).numpy()
        units = ids > 2
        np.testing.assert_array_equal(found[~units], ids[~units])
        assert set(found[units]) <= set(ids[units])
        assert (found != ids)[units].mean() == pytest.approx(0.3, abs=0.02)

    def test_frequent_units_come_in_often(self):
        ids = np.where(batch(rows=1000) > 2, np.where(np.arange(12) % 4 == 0, 3, 4), 0)
        changed = replaced(ids, 0.9, seeds()).numpy()[ids > 2]
        assert (changed == 3).mean() == pytest.approx((ids[ids > 2] == 3).mean(), abs=0.02)

    @pytest.mark.parametrize("shape", [(3, 4), (3, 4, 5)])
    def test_a_batch_of_nothing_stays_nothing(self, shape):
        assert not replaced(np.zeros(shape, np.int32), 0.5, seeds()).numpy().any()


@pytest.mark.parametrize("mix", [crossed, replaced])
def test_without_a_share_nothing_changes(mix):
    ids = batch()
    assert mix(ids, 0.0, seeds()) is ids


@pytest.mark.parametrize("mix", [crossed, replaced])
def test_a_seed_makes_the_same_mixtures_each_draw_others(mix):
    ids, one, other = batch(), seeds(1), seeds(1)
    np.testing.assert_array_equal(mix(ids, 0.5, one), mix(ids, 0.5, other))
    assert (mix(ids, 0.5, one).numpy() != mix(ids, 0.5, seeds(1)).numpy()).any()
