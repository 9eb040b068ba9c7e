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

    def test_of_a_file_that_cannot_be_downloaded_it_says_how_to_get_it(self, run, tmp_path, monkeypatch):
        monkeypatch.setenv("KERAS_SEQ_DATA", str(tmp_path / "data"))
        monkeypatch.setenv("KERAS_SEQ_CACHE", str(tmp_path / "cache"))
        lines = run("data", "pku").splitlines()
        by_hand, fetched = lines[-2:]
        (corpus,) = (corpus for corpus in ks.datasets.corpora() if corpus.name == "pku")
        (file,) = (file.path for file in corpus.files if not file.url)
        assert by_hand.startswith(
            f"  {file}: not here; it is published nowhere as it is: take it from https://github.com/"
        )
        assert by_hand.endswith(f" and put it at {tmp_path / 'data' / file} or {tmp_path / 'cache' / file}")
        assert fetched.endswith(": not here; load downloads it")

    def test_a_file_that_is_here_is_named(self, run, tmp_path, monkeypatch):
        monkeypatch.setenv("KERAS_SEQ_DATA", str(tmp_path))
        (tmp_path / "msra_ner").mkdir()
        (tmp_path / "msra_ner" / "test.txt.gz").touch()
        assert f"  test.txt: {tmp_path / 'msra_ner' / 'test.txt.gz'}" in run("data", "msra").splitlines()
