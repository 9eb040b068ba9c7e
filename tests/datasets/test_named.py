import collections
import dataclasses
import gzip
import hashlib
import logging

import pytest

from keras_seq.datasets import DataFile, InputError, NamedCorpus, corpora, find, load, read_columns, spans
from keras_seq.datasets import named as module

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
        "ticket-desk ticket-desk-en jane atis conll2003 ptb ptb-char tinyshakespeare names-by-language "
        "jsb-chorales-quarter jsb-chorales-8th jsb-chorales-16th jsb-chorales-voices"
    ).split()
    for entry in corpora():
        assert entry.licence
        assert entry.source
        assert all(len(bytes.fromhex(wanted.sha256)) == 32 for wanted in entry.files)


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


@pytest.fixture
def real(monkeypatch, data_folder):
    def loaded(name):
        if not (data_folder / module.CORPORA[name].place).is_dir():
            pytest.skip(f"no {name} in {data_folder}")
        monkeypatch.setenv("KERAS_SEQ_DATA", str(data_folder))
        return load(name)

    return loaded


def test_atis_has_the_published_counts(real):
    corpus = real("atis")
    splits = (corpus.train, corpus.valid, corpus.test)
    assert [len(split) for split in splits] == [4478, 500, 893]
    assert [sum(len(example.tokens) for example in split) for split in splits] == [50497, 5703, 9164]
    tags = [{tag for example in split for tag in example.tags} for split in splits]
    assert len(tags[0]) == 120
    assert len(tags[2] - tags[0]) == 6
    assert len({example.label for example in corpus.train}) == 21


def test_conll2003_has_the_published_counts(real):
    corpus = real("conll2003")
    splits = (corpus.train, corpus.valid, corpus.test)
    assert [len(split) for split in splits] == [14041, 3250, 3453]
    assert [sum(len(example.tokens) for example in split) for split in splits] == [203621, 51362, 46435]
    assert [sum(len(spans(example.tags)) for example in split) for split in splits] == [23499, 5942, 5648]


def parts(corpus):
    return corpus.train, corpus.valid, corpus.test


def test_ptb_has_the_published_counts_of_words_with_the_end_of_each_line(real):
    splits = [[example.text.split() for example in split] for split in parts(real("ptb"))]
    assert [len(split) for split in splits] == [42068, 3370, 3761]
    assert [sum(len(words) + 1 for words in split) for split in splits] == [929589, 73760, 82430]
    assert len({word for words in splits[0] for word in words} | {"</s>"}) == 10000


def test_ptb_char_has_the_published_counts_of_characters_with_the_end_of_each_line(real):
    splits = [[example.text.split() for example in split] for split in parts(real("ptb-char"))]
    assert [len(split) for split in splits] == [42068, 3370, 3761]
    assert [sum(len(letters) + 1 for letters in split) for split in splits] == [5017482, 393042, 442423]
    assert len({letter for letters in splits[0] for letter in letters} | {"\n"}) == 50


def test_tinyshakespeare_is_cut_by_position(real):
    splits = [[example.text for example in split] for split in parts(real("tinyshakespeare"))]
    sizes = [sum(len(line) + 1 for line in split) for split in splits]
    assert sum(len(split) for split in splits) == 40000
    assert sum(sizes) == 1115394
    assert len({letter for split in splits for line in split for letter in line} | {"\n"}) == 65
    assert 0 <= sizes[0] - 0.9 * 1115394 < 100  # the line that is cut goes to the part before
    assert 0 <= sizes[0] + sizes[1] - 0.95 * 1115394 < 100
    assert "" in splits[0]


def test_names_by_language_has_all_names(real):
    splits = parts(real("names-by-language"))
    languages = collections.Counter(example.label for split in splits for example in split)
    assert languages.total() == 20050
    assert len(languages) == 18
    assert (languages["Russian"], languages["Vietnamese"]) == (9384, 73)
    assert {example.label for example in splits[1]} == {example.label for example in splits[2]} == set(languages)


@pytest.mark.parametrize(
    ("name", "steps", "low", "high"),
    [
        ("jsb-chorales-quarter", [13807, 4602, 4725], 43, 96),
        ("jsb-chorales-8th", [27614, 9204, 9450], 36, 81),
        ("jsb-chorales-16th", [55228, 18408, 18900], 36, 81),
    ],
)
def test_chorales_have_the_published_counts(real, name, steps, low, high):
    splits = parts(real(name))
    assert [len(split) for split in splits] == [229, 76, 77]
    assert [sum(len(example.frames) for example in split) for split in splits] == steps
    pitches = {pitch for split in splits for example in split for step in example.frames for pitch in step}
    assert (min(pitches), max(pitches)) == (low, high)


def test_chorales_by_voice_have_four_tokens_a_step(real):
    splits = parts(real("jsb-chorales-voices"))
    assert [len(split) for split in splits] == [229, 76, 77]
    assert [sum(len(example.text.split()) for example in split) for split in splits] == [
        4 * 55228,
        4 * 18408,
        4 * 18900,
    ]
