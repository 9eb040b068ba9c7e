"""Letter trigrams of words."""

import tensorflow as tf

from keras_seq.layers.text_trigrams import trigram_ids


def ids(words, buckets=10**6, letters=8):
    return trigram_ids(tf.constant(words, tf.string), buckets, letters).numpy()


def test_a_word_has_the_trigrams_of_its_letters_between_borders():
    cat, scatter = ids(["cat", "scatter"])
    assert (cat[:3] > 0).all()
    assert not cat[3:].any()
    assert set(cat) & set(scatter) == {0, cat[1]}  # cat itself is in both, #ca and at# are not


def test_a_trigram_is_the_hash_of_its_three_letters():
    expected = [1 + int(tf.strings.to_hash_bucket_fast([trigram], 50)[0]) for trigram in ("#去郑", "去郑州", "郑州#")]
    assert ids(["去郑州"], buckets=50)[0].tolist() == [*expected, 0, 0, 0, 0, 0]


def test_ids_stay_in_their_buckets():
    found = ids([f"{number:08d}" for number in range(500)], buckets=7)
    assert set(found.ravel()) == set(range(1, 8))


def test_no_more_letters_count_than_asked_for():
    long, short = ids(["abcdefgh", "abc"], letters=3)
    assert long[:2].tolist() == short[:2].tolist()
    assert ids(["abcdefgh", "abc"], letters=3).shape == (2, 3)


def test_a_word_without_letters_has_none():
    assert not ids(["", "a"])[0].any()
    assert ids([]).shape == (0, 8)
