from keras_seq.datasets import BadRecord, InputError


def test_bad_record_names_the_place():
    assert str(BadRecord("train.conll", 17, "3 columns, expected 4")) == "train.conll:17: 3 columns, expected 4"


def test_a_message_is_one_line_whatever_the_user_wrote():
    assert "\n" not in str(InputError("tag 'B\nX'\r\nis not IOB2"))


def test_a_mistake_is_a_value_error():
    assert issubclass(BadRecord, InputError)
    assert issubclass(InputError, ValueError)
