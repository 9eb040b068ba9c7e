import pytest

from keras_seq.datasets import LabeledSequence, Text
from keras_seq.datasets.key_terms import key_terms, read_key_terms

NETS = "Neural B-KEY\nnets I-KEY\nlearn O\n\n"
BOTH = "neural B-KEY\nnets I-KEY\nand O\nXML B-KEY\n\n"
TWICE = "XML B-KEY\nis O\nXML B-KEY\n\n"
NONE = "nothing O\n\n"


@pytest.fixture
def files(tmp_path):
    paths = []
    for name, content in (("train", NETS + BOTH + NONE), ("valid", TWICE + NONE), ("test", BOTH)):
        (path := tmp_path / name).write_text(content)
        paths.append(path)
    return paths


def test_terms_are_spans_in_lower_case_each_once():
    document = LabeledSequence(("XML", "and", "xml", "Data"), ("B-KEY", "O", "B-KEY", "I-KEY"))
    assert key_terms(document) == {"xml", "xml data"}


def test_labels_are_the_terms_that_enough_training_documents_have(files):
    corpus = read_key_terms(*files, least=2)
    assert list(corpus.train) == [
        Text("Neural nets learn", ("neural nets",)),
        Text("neural nets and XML", ("neural nets",)),
        Text("nothing", ()),
    ]
    assert list(corpus.valid) == [Text("XML is XML", ()), Text("nothing", ())]  # XML is in one training document
    assert list(corpus.test) == [Text("neural nets and XML", ("neural nets",))]
    assert corpus.tokens == "word"


def test_all_terms_of_training_are_labels_where_one_document_is_enough(files):
    corpus = read_key_terms(*files, least=1)
    assert [example.label for example in corpus.train] == [("neural nets",), ("neural nets", "xml"), ()]
    assert [example.label for example in corpus.valid] == [("xml",), ()]


def test_five_documents_are_enough_unless_said_otherwise(files):
    train, valid, test = files
    train.write_text(NETS * 5 + TWICE * 4)
    assert {example.label for example in read_key_terms(train, valid, test).train} == {("neural nets",), ()}
