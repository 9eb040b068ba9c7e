import dataclasses
import gzip
import hashlib
import logging

import pytest

from keras_seq.datasets import DataFile, InputError, NamedCorpus, corpora, find, load, read_columns
from keras_seq.datasets import named as module
from keras_seq.datasets.named_corpus import files

TEXT = b"Rome B-city\n\nand O\n"


@pytest.fixture
def toy(monkeypatch, tmp_path):
    """A corpus of one file that is nowhere yet; its folders are `data` and `cache`."""
    wanted = DataFile("part/a.txt", (tmp_path / "upstream").as_uri(), hashlib.sha256(TEXT).hexdigest())
    entry = NamedCorpus(
        "toy", "A toy", "CC0", "nowhere", (wanted,), lambda paths, seed: read_columns(paths["part/a.txt"], seed=seed)
    )
    monkeypatch.setitem(module.CORPORA, "toy", entry)
    monkeypatch.setenv("KERAS_SEQ_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("KERAS_SEQ_CACHE", str(tmp_path / "cache"))
    return tmp_path


def put(root, content=TEXT, name="a.txt"):
    (folder := root / "toy" / "part").mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


def test_the_data_folder_comes_before_the_cache(toy):
    assert find("toy") == {"part/a.txt": None}
    cached = put(toy / "cache")
    assert find("toy") == {"part/a.txt": cached}
    given = put(toy / "data", gzip.compress(TEXT), "a.txt.gz")
    assert find("toy") == {"part/a.txt": given}


def test_without_own_cache_it_lies_in_the_users(toy, monkeypatch):
    monkeypatch.delenv("KERAS_SEQ_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(toy / "xdg"))
    assert find("toy") == {"part/a.txt": None}
    cached = put(toy / "xdg" / "keras_seq")
    assert find("toy") == {"part/a.txt": cached}


@pytest.mark.parametrize("name", ["a.txt", "a.txt.gz"])
def test_files_are_read_where_they_are(toy, name):
    put(toy / "data", gzip.compress(TEXT) if name.endswith("gz") else TEXT, name)
    corpus = load("toy")
    assert (corpus.name, corpus.licence, corpus.source) == ("toy", "CC0", "nowhere")
    assert len(corpus.train) + len(corpus.valid) == 2
    assert not (toy / "cache").exists()


def test_a_missing_file_is_downloaded_to_the_cache(toy):
    (toy / "upstream").write_bytes(TEXT)
    load("toy")
    assert find("toy") == {"part/a.txt": toy / "cache" / "toy" / "part" / "a.txt"}


def test_a_changed_file_is_refused_with_both_sums(toy):
    path = put(toy / "data", b"changed O\n")
    with pytest.raises(InputError) as caught:
        load("toy")
    expected, got = hashlib.sha256(TEXT).hexdigest(), hashlib.sha256(b"changed O\n").hexdigest()
    assert str(caught.value).startswith(f"{path}: expected sha256 {expected}, got {got}")
    assert "remove the file" in str(caught.value)
    assert path.read_bytes() == b"changed O\n"


@pytest.mark.parametrize(
    ("name", "got"), [("a.txt", hashlib.sha256(b"changed").hexdigest()), ("a.txt.gz", "unreadable")]
)
def test_a_changed_file_in_the_cache_is_removed_and_comes_anew(toy, name, got):
    path = put(toy / "cache", b"changed", name)
    with pytest.raises(InputError) as caught:
        load("toy")
    assert f"expected sha256 {hashlib.sha256(TEXT).hexdigest()}, got {got}" in str(caught.value)
    assert "it is removed" in str(caught.value)
    assert not path.exists()
    (toy / "upstream").write_bytes(TEXT)
    assert len(load("toy").train) == 1


@pytest.mark.parametrize("link", ["part", "part/a.txt"])
def test_a_user_s_file_that_the_cache_links_to_stays(toy, link):
    path = put(toy / "mine", b"changed")
    place = toy / "cache" / "toy" / link
    place.parent.mkdir(parents=True)
    place.symlink_to(path.parents[1] / link)
    with pytest.raises(InputError, match="remove the file"):
        load("toy")
    assert path.read_bytes() == b"changed"


@pytest.mark.parametrize("data", ["cache", ""])
def test_a_cache_in_the_data_folder_is_not_touched(toy, monkeypatch, data):
    monkeypatch.setenv("KERAS_SEQ_DATA", str(toy / data))
    path = put(toy / "cache", b"changed")
    with pytest.raises(InputError, match="remove the file"):
        load("toy")
    assert path.read_bytes() == b"changed"


def test_a_download_with_another_sum_leaves_nothing(toy):
    (toy / "upstream").write_bytes(b"changed O\n")
    with pytest.raises(InputError, match="expected sha256"):
        load("toy")
    assert not [found for found in (toy / "cache").rglob("*") if found.is_file()]


@pytest.fixture
def unpublished(toy, monkeypatch):
    """The corpus, where its file can be found nowhere as it is."""
    entry = module.CORPORA["toy"]
    files = tuple(dataclasses.replace(wanted, url=None) for wanted in entry.files)
    monkeypatch.setitem(module.CORPORA, "toy", dataclasses.replace(entry, files=files, source="toys.zip"))
    return toy


def test_a_missing_file_without_address_is_one_line(unpublished):
    data, cache = (unpublished / root / "toy" / "part" / "a.txt" for root in ("data", "cache"))
    with pytest.raises(InputError) as caught:
        load("toy")
    assert str(caught.value) == (
        f"toy: expected the file {data} or {cache} (or so and .gz), got none; it cannot be downloaded as it is, it comes "
        "from toys.zip"
    )
    assert find("toy") == {"part/a.txt": None}


def test_a_file_without_address_is_read_where_it_is(unpublished):
    put(unpublished / "cache")
    assert len(load("toy").train) == 1


def test_a_changed_file_without_address_is_never_removed(unpublished):
    path = put(unpublished / "cache", b"changed")
    with pytest.raises(InputError, match=r"expected sha256 .*; put the expected one in its place$"):
        load("toy")
    assert path.read_bytes() == b"changed"


def test_no_connection_says_where_to_put_the_file(toy):
    with pytest.raises(
        InputError, match=r"put the file by hand at \S+cache/toy/part/a\.txt or in the folder KERAS_SEQ_DATA"
    ):
        load("toy")


def test_the_licence_is_said(toy, caplog):
    put(toy / "data")
    with caplog.at_level(logging.INFO):
        load("toy")
    assert "toy: A toy; licence: CC0; source: nowhere" in caplog.messages


def test_an_unknown_name_offers_the_nearest():
    with pytest.raises(
        InputError, match=r"unknown corpus 'atsi' \(did you mean atis\?\): expected one of ticket-desk, "
    ):
        load("atsi")
    with pytest.raises(InputError, match=r"unknown corpus 'xyz': expected"):
        find("xyz")


def test_every_entry_has_licence_source_and_whole_sums():
    assert [entry.name for entry in corpora()] == (
        "ticket-desk ticket-desk-en jane dates dates-zh "
        "atis conll2003 msra ud-english-ewt pku inspec splice-junctions "
        "sst2 imdb chnsenticorp surnames splice inspec-terms "
        "ptb ptb-char tinyshakespeare names-by-language "
        "jsb-chorales-quarter jsb-chorales-8th jsb-chorales-16th jsb-chorales-voices "
        "multi30k tatoeba-cmn tatoeba-fra "
        "treebank treebank-pos"
    ).split()
    for entry in corpora():
        assert entry.licence
        assert entry.source
        assert all(len(bytes.fromhex(wanted.sha256)) == 32 for wanted in entry.files)


def test_files_stand_under_their_address_or_under_none():
    assert files("https://a", {"x/y": "1", "z": "2"}) == (
        DataFile("x/y", "https://a/x/y", "1"),
        DataFile("z", "https://a/z", "2"),
    )
    assert files(None, {"x": "1"}) == (DataFile("x", None, "1"),)


def test_a_corpus_may_have_files_of_several_folders(toy, monkeypatch):
    wanted = dataclasses.replace(module.CORPORA["toy"].files[0], path="toy/part/a.txt")
    entry = dataclasses.replace(module.CORPORA["toy"], files=(wanted,), folder=".")
    monkeypatch.setitem(module.CORPORA, "toy", entry)
    path = put(toy / "data")
    assert find("toy") == {"toy/part/a.txt": path}


def test_corpora_may_share_a_folder(toy, monkeypatch):
    other = dataclasses.replace(module.CORPORA["toy"], name="other", folder="toy")
    monkeypatch.setitem(module.CORPORA, "other", other)
    path = put(toy / "data")
    assert find("other") == find("toy") == {"part/a.txt": path}
    assert load("other").name == "other"


def test_a_generated_corpus_takes_the_seed():
    assert load("ticket-desk-en", seed=1).fingerprint != load("ticket-desk-en", seed=2).fingerprint


def test_a_generated_corpus_names_its_seed():
    assert load("ticket-desk-en", seed=7).source == "generated by keras-seq, seed 7"
