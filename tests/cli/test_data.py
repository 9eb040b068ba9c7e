"""The command line about corpora by name."""

import keras_seq as ks


class TestData:
    def test_it_lists_every_corpus_with_its_licence(self, run):
        out = run("data")
        for corpus in ks.datasets.corpora():
            assert f"{corpus.name}: {corpus.title}\n  licence: {corpus.licence}\n" in out

    def test_one_can_be_asked_for(self, run):
        assert run("data", "ticket-desk").splitlines()[0].startswith("ticket-desk: ")
        assert "atis" not in run("data", "ticket-desk")
