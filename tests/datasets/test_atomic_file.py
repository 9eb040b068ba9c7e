"""One file: the old one or the new one."""

import errno
import os
import signal
import stat
import threading
import tracemalloc

import pytest

from keras_seq.datasets import write_file


@pytest.mark.parametrize(("content", "expected"), [("é\n我", "é\n我".encode()), (b"\x00\xff", b"\x00\xff"), ("", b"")])
def test_the_content_is_written(tmp_path, content, expected):
    write_file(str(tmp_path / "file"), content)
    assert (tmp_path / "file").read_bytes() == expected


def test_the_file_before_is_replaced_and_nothing_else_stays(tmp_path):
    for content in ("one", "two"):
        write_file(tmp_path / "file", content)
    assert [file.name for file in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "two"


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600)])
def test_others_may_read_it_where_the_umask_lets_them(tmp_path, umask, mode):
    before = os.umask(umask)
    try:
        write_file(tmp_path / "file", "x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == mode


def test_pieces_are_written_one_after_another(tmp_path):
    write_file(tmp_path / "file", (piece for piece in ("é", b"\xff", "", "z")))
    assert (tmp_path / "file").read_bytes() == "é".encode() + b"\xffz"


def test_what_the_pieces_raise_leaves_the_file_before_and_nothing_else(tmp_path):
    def pieces():
        yield "new"
        raise KeyboardInterrupt

    write_file(tmp_path / "file", "one")
    with pytest.raises(KeyboardInterrupt):
        write_file(tmp_path / "file", pieces())
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("file", "one")]


def test_pieces_are_not_gathered_in_memory(tmp_path):
    size, count = 1 << 20, 64
    tracemalloc.start()
    try:
        write_file(tmp_path / "file", (bytes(size) for _ in range(count)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (tmp_path / "file").stat().st_size == size * count
    assert peak < 4 * size


def test_the_content_is_on_the_disk_before_the_rename_and_the_rename_after_it(tmp_path, monkeypatch):
    steps = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda at: (steps.append((os.fstat(at).st_ino, os.fstat(at).st_size)), fsync(at)))
    monkeypatch.setattr(os, "replace", lambda *paths: (steps.append("rename"), replace(*paths)))
    write_file(tmp_path / "file", "12345")
    (file, size), rename, (folder, _) = steps
    assert (size, rename) == (5, "rename")
    assert (file, folder) == ((tmp_path / "file").stat().st_ino, tmp_path.stat().st_ino)


def test_a_file_system_that_cannot_force_a_folder_to_the_disk_is_no_error(tmp_path, monkeypatch):
    fsync = os.fsync

    def files_only(at):
        if stat.S_ISDIR(os.fstat(at).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        fsync(at)

    monkeypatch.setattr(os, "fsync", files_only)
    write_file(tmp_path / "file", "x")
    assert (tmp_path / "file").read_text() == "x"


@pytest.mark.parametrize("name", ["fsync", "replace"])
def test_a_full_disk_leaves_the_file_before_and_nothing_else(tmp_path, monkeypatch, name):
    write_file(tmp_path / "file", "one")

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, name, full)
    with pytest.raises(OSError, match="No space left"):
        write_file(tmp_path / "file", "two")
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("file", "one")]


@pytest.mark.parametrize("name", ["fsync", "replace"])
def test_a_killed_process_leaves_the_file_before(tmp_path, name):
    write_file(tmp_path / "file", "one")
    child = os.fork()
    if not child:
        setattr(os, name, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        try:
            write_file(tmp_path / "file", "two")
        finally:
            os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert (tmp_path / "file").read_text() == "one"


def test_a_reader_sees_one_content_or_the_other(tmp_path):
    path = tmp_path / "file"
    whole = {"a" * 100_000, "b" * 50_000}
    write_file(path, min(whole))
    stop = threading.Event()

    def keep_writing():
        while not stop.is_set():
            for content in whole:
                write_file(path, content)

    writer = threading.Thread(target=keep_writing)
    writer.start()
    try:
        assert {path.read_text() for _ in range(200)} <= whole
    finally:
        stop.set()
        writer.join()


def test_a_link_stays_a_link(tmp_path):
    write_file(tmp_path / "target", "one")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    write_file(tmp_path / "link", "two")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text() == "two"


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=write_file, args=(tmp_path / "pipe", "to the reader"))
    writer.start()
    assert (tmp_path / "pipe").read_text() == "to the reader"
    writer.join()
    assert (tmp_path / "pipe").is_fifo()


def test_a_device_stays_a_device():
    before = os.stat(os.devnull)
    write_file(os.devnull, "gone")
    after = os.stat(os.devnull)
    assert (after.st_ino, stat.S_ISCHR(after.st_mode)) == (before.st_ino, True)


def test_a_directory_is_refused(tmp_path):
    with pytest.raises(IsADirectoryError):
        write_file(tmp_path, "x")
    assert not list(tmp_path.iterdir())


def test_a_missing_directory_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_file(tmp_path / "missing" / "file", "x")
