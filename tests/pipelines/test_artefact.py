"""A directory that is whole or the one before, and that runs nothing."""

import contextlib
import errno
import hashlib
import json
import os
import resource
import signal
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from keras_seq.datasets import InputError
from keras_seq.pipelines import check_free, is_artefact
from keras_seq.pipelines.artefact import MANIFEST, read_artefact, write_artefact

HEADER = {"task": "counting", "config": {"units": 3}, "corpus": {"name": "我"}, "run": None}


def write(path, number):
    """An artefact of which every part says `number`."""
    tensors = {"weights": {"a/b": np.full((2, 3), number, np.float32), "c": np.arange(number + 1)}}
    write_artefact(path, {**HEADER, "number": number}, {"vocabulary": {"words": ["去", number]}}, tensors)


def assert_holds(path, number):
    manifest, documents, tensors = read_artefact(path)
    assert manifest["number"] == number
    assert documents == {"vocabulary": {"words": ["去", number]}}
    np.testing.assert_array_equal(tensors["weights"]["a/b"], np.full((2, 3), number, np.float32))
    np.testing.assert_array_equal(tensors["weights"]["c"], np.arange(number + 1))


@pytest.fixture
def model(tmp_path):
    """An artefact that says 1."""
    write(tmp_path / "model", 1)
    return tmp_path / "model"


def part(model, name):
    return model / json.loads((model / MANIFEST).read_text())["files"][name]["name"]


def edit(model, change):
    """Changes the manifest by hand."""
    manifest = json.loads((model / MANIFEST).read_text())
    change(manifest)
    (model / MANIFEST).write_text(json.dumps(manifest))


def one_line(path, match):
    """The InputError of reading `path`."""
    with pytest.raises(InputError, match=match) as found:
        read_artefact(path)
    assert "\n" not in str(found.value)


class TestWriting:
    def test_what_was_written_is_read(self, model):
        assert_holds(model, 1)

    def test_parents_are_made(self, tmp_path):
        write(tmp_path / "a" / "b" / "c", 2)
        assert_holds(tmp_path / "a" / "b" / "c", 2)

    def test_the_files_of_the_artefact_before_are_swept(self, model):
        before = {file.name for file in model.iterdir()}
        write(model, 2)
        assert {file.name for file in model.iterdir()} & before == {MANIFEST}
        assert len(list(model.iterdir())) == 3

    def test_files_of_others_stay(self, model):
        strangers = {"README.md", "weights.safetensors", ".hidden", "vocabulary-123.json", "notes-0123456789abcdef.txt"}
        for name in strangers:
            (model / name).write_text("mine")
        write(model, 2)
        assert strangers <= {file.name for file in model.iterdir()}

    def test_no_file_of_ours_holds_code(self, model):
        assert {file.suffix for file in model.iterdir()} == {".json", ".safetensors"}


class TestWhereToWrite:
    def test_a_new_an_empty_and_our_own_directory_are_free(self, tmp_path, model):
        (tmp_path / "empty").mkdir()
        for path in (tmp_path / "new" / "deep", tmp_path / "empty", model):
            assert check_free(str(path)) == path

    def test_a_file_is_refused(self, tmp_path):
        (tmp_path / "file").touch()
        with pytest.raises(InputError, match="file: is a file, expected a directory"):
            write(tmp_path / "file", 1)

    def test_a_path_below_a_file_is_refused(self, tmp_path):
        (tmp_path / "file").touch()
        with pytest.raises(InputError, match="file is not a directory that can be written to"):
            check_free(tmp_path / "file" / "model")

    @pytest.mark.parametrize("content", ["{}", "[]", "not json", '{"format": "another"}', "\udcff"])
    def test_a_directory_of_others_is_refused_and_left_alone(self, tmp_path, content):
        (tmp_path / MANIFEST).write_bytes(content.encode(errors="surrogateescape"))
        with pytest.raises(InputError, match="exists and is not a keras-seq model"):
            write(tmp_path, 1)
        assert [file.name for file in tmp_path.iterdir()] == [MANIFEST]

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
    def test_a_directory_that_cannot_be_written_to_is_refused(self, tmp_path):
        tmp_path.chmod(0o500)
        with pytest.raises(InputError, match="not a directory that can be written to"):
            check_free(tmp_path / "model")


def killed_at(call, work):
    """Runs `work` in a process that SIGKILL ends at its n-th call to the system; whether it came that far."""
    child = os.fork()
    if not child:
        left = call
        for name in ("fsync", "replace", "unlink"):
            real = getattr(os, name)

            def doomed(*arguments, real=real):
                nonlocal left
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*arguments)

            setattr(os, name, doomed)
        try:
            work()
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


class TestAKilledProcess:
    def test_it_leaves_the_artefact_before_or_the_new_one_at_every_stage(self, model):
        found = []
        for call in count():
            write(model, 1)
            if not killed_at(call, lambda: write(model, 2)):
                break
            found.append(read_artefact(model)[0]["number"])
            assert_holds(model, found[-1])  # whole, whichever it is
        assert set(found) == {1, 2}
        assert found == sorted(found)  # once the new one is there it stays
        assert len(found) >= 8  # three files forced to the disk and renamed, two swept

    def test_the_next_write_sweeps_what_it_left(self, model):
        for call in count():
            if not killed_at(call, lambda: write(model, 2)):
                break
        write(model, 3)
        assert len(list(model.iterdir())) == 3

    def test_a_first_write_that_was_killed_can_be_done_again(self, tmp_path):
        for call in count():
            path = tmp_path / str(call)
            if not killed_at(call, lambda path=path: write(path, 1)):
                break
            assert not is_artefact(path) or read_artefact(path)
            write(path, 2)
            assert_holds(path, 2)
            assert len(list(path.iterdir())) == 3


class TestAFullDisk:
    @pytest.mark.parametrize("name", ["fsync", "replace"])
    @pytest.mark.parametrize("call", [0, 1, 2])
    def test_it_leaves_the_artefact_before(self, model, monkeypatch, name, call):
        real, left = getattr(os, name), call

        def full(*arguments):
            nonlocal left
            left -= 1
            if left < 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(*arguments)

        monkeypatch.setattr(os, name, full)
        with pytest.raises(OSError, match="No space left"):
            write(model, 2)
        monkeypatch.undo()
        assert_holds(model, 1)
        assert not [file.name for file in model.iterdir() if file.name.startswith(".")]

    def test_a_write_that_the_system_refuses_leaves_the_artefact_before(self, model):
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (40, hard))  # bytes; the vocabulary fits, the weights do not
        try:
            with pytest.raises(OSError, match="File too large"):
                write(model, 2)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert_holds(model, 1)


class TestADamagedArtefact:
    @pytest.mark.parametrize("name", ["vocabulary", "weights"])
    def test_any_flipped_byte_of_a_part_is_noticed(self, model, name):
        path = part(model, name)
        content = path.read_bytes()
        for place in range(0, len(content), 7):
            path.write_bytes(content[:place] + bytes([content[place] ^ 0x20]) + content[place + 1 :])
            one_line(model, f"{path.name}: sha256 [0-9a-f]{{64}}, expected [0-9a-f]{{64}}")

    def test_any_flipped_byte_of_the_manifest_reads_or_is_refused(self, model):
        content = (model / MANIFEST).read_bytes()
        for place, bit in ((place, 1 << place % 8) for place in range(len(content))):
            (model / MANIFEST).write_bytes(content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :])
            with contextlib.suppress(InputError):  # and nothing else
                read_artefact(model)

    def test_a_part_cut_short_is_noticed(self, model):
        path = part(model, "weights")
        path.write_bytes(path.read_bytes()[:-1])
        one_line(model, "the file was changed or cut short")

    def test_a_missing_part_is_named(self, model):
        part(model, "weights").unlink()
        one_line(model, r"weights-.*No such file.*expected a part of the model")

    @pytest.mark.parametrize("key", ["task", "config", "corpus", "run", "files"])
    def test_a_manifest_without_a_key_is_refused(self, model, key):
        edit(model, lambda manifest: manifest.pop(key))
        one_line(model, "damaged, expected config, corpus, files, run, task")

    @pytest.mark.parametrize("version", [0, 2, "1", None])
    def test_another_format_version_is_refused(self, model, version):
        edit(model, lambda manifest: manifest.update(format_version=version))
        one_line(model, f"pipeline.json: format version {version}, expected 1")

    def test_what_is_no_artefact_is_refused(self, tmp_path):
        (tmp_path / "file").touch()
        one_line(tmp_path / "missing", "missing: no such directory")
        one_line(tmp_path / "file", "file: no such directory")
        one_line(tmp_path, "no pipeline.json of keras-seq in it")

    def test_only_a_manifest_of_ours_makes_an_artefact(self, tmp_path, model):
        assert is_artefact(model)
        assert not is_artefact(tmp_path)
        assert not is_artefact(tmp_path / "missing")


class TestAManifestThatPointsElsewhere:
    @pytest.mark.parametrize("ending", ["json", "safetensors"])
    @pytest.mark.parametrize("shape", ["../{}", "{folder}/{}", "./{}", "deep/../../{}", "../../../../etc/passwd"])
    def test_nothing_outside_is_read(self, tmp_path, model, ending, shape):
        content = b'{"stolen": 1}'
        outside = tmp_path / f"secret-0123456789abcdef.{ending}"
        outside.write_bytes(content)  # whole and with the right sum: were it opened, it would be taken
        file = {"name": shape.format(outside.name, folder=tmp_path), "sha256": hashlib.sha256(content).hexdigest()}
        edit(model, lambda manifest: manifest["files"].update(stolen=file))
        one_line(model, "pipeline.json: damaged")

    @pytest.mark.parametrize("file", [None, "x", [], {}, {"name": 3, "sha256": ""}, {"name": "a\0b", "sha256": ""}])
    def test_a_name_that_is_none_is_refused(self, model, file):
        edit(model, lambda manifest: manifest["files"].update(odd=file))
        one_line(model, "pipeline.json: damaged")


def test_reading_opens_the_files_of_the_directory_and_imports_nothing(model, fresh):
    for name in ("keras_seq.py", "json.py", "weights.pkl", "__init__.py", "sitecustomize.py", "pipeline.py"):
        (model / name).write_text("raise SystemExit('code ran')")
    code = """
import json, os, sys
from keras_seq.pipelines.artefact import read_artefact
os.chdir(sys.argv[1])
sys.path.insert(0, "")
events = []
def hook(event, arguments):
    running = ("open", "import", "exec", "compile", "os.system", "subprocess.Popen")
    if event in running or "pickle" in event or "marshal" in event:
        events.append([event, str(arguments[0])])
read_artefact(".")  # what is imported late is imported now
sys.addaudithook(hook)
read_artefact(".")
print(json.dumps(events[:]))
"""
    events = fresh(code, model)
    assert {event for event, _ in events} == {"open"}
    assert {Path(name).name for _, name in events} == {
        MANIFEST,
        part(model, "vocabulary").name,
        part(model, "weights").name,
    }
