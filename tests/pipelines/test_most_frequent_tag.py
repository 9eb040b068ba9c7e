"""The tag that a token had most often."""

from keras_seq.pipelines.most_frequent_tag import MostFrequentTag

TOKENS = [["to", "Rome"], ["Rome", "to"], ["Rome", "is"], []]
TAGS = [["O", "B-city"], ["B-team", "O"], ["B-city", "O"], []]


def test_a_token_has_the_tag_it_had_most_often_and_a_new_one_that_of_most_tokens():
    model = MostFrequentTag().fit(TOKENS, TAGS)
    assert model.predict([["Rome", "to", "Oslo"], []]) == [["B-city", "O", "O"], []]
    assert model.features == 3


def test_of_equals_the_first_in_order_is_taken():
    model = MostFrequentTag().fit([["a", "a", "b"]], [["y", "x", "y"]])
    assert model.predict([["a"]]) == [["x"]]
