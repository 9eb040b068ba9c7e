"""The real corpora by name, where they lie on this machine."""

import pytest

from keras_seq.datasets import find, load


@pytest.fixture
def real(monkeypatch, data_folder):
    """name -> (the corpus, its splits in order); skips where a file is missing."""

    def loaded(name):
        monkeypatch.setenv("KERAS_SEQ_DATA", str(data_folder))
        if None in find(name).values():
            pytest.skip(f"no {name} in {data_folder}")
        corpus = load(name)
        return corpus, (corpus.train, corpus.valid, corpus.test)

    return loaded
