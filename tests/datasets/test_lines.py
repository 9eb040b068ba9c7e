import gzip
import io
import os

import pytest

from keras_seq.datasets import BadRecord, InputError, lines


def written(tmp_path, content, name="a.txt"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def test_lf_and_crlf_and_a_last_line_without_an_ending(tmp_path):
    path = written(tmp_path, "一\r\ntwo\n\n\rthree\r".encode())
    assert list(lines(path)) == [(1, "一"), (2, "two"), (3, ""), (4, "\rthree\r")]


def test_only_lf_ends_a_line(tmp_path):
    text = "a\u2028b\u0085c\u000bd"
    assert list(lines(written(tmp_path, text.encode()))) == [(1, text)]


def test_a_utf8_mark_is_dropped_at_the_start_only(tmp_path):
    path = written(tmp_path, b"\xef\xbb\xbfa\n\xef\xbb\xbfb")
    assert list(lines(path)) == [(1, "a"), (2, "\ufeffb")]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_another_encoding_is_refused_by_name(tmp_path, encoding):
    path = written(tmp_path, "words".encode(encoding))
    with pytest.raises(BadRecord, match=rf":1: expected UTF-8 text, got {encoding.upper()}$"):
        list(lines(path))


def test_bytes_that_are_not_utf8_have_a_place(tmp_path):
    path = written(tmp_path, "ok\n郑".encode() + b"\xff\n")
    with pytest.raises(BadRecord) as caught:
        list(lines(path))
    assert str(caught.value) == f"{path}:2: expected UTF-8, got byte 0xff (byte 4 of the line)"


def test_a_nul_byte_has_a_place(tmp_path):
    path = written(tmp_path, b"a\nb\0c\n")
    with pytest.raises(BadRecord, match=r"a\.txt:2: expected text, got a NUL byte \(byte 2 of the line\)"):
        list(lines(path))


def test_the_longest_line_passes_and_one_byte_more_does_not(tmp_path):
    path = written(tmp_path, b"12345\r\n123456\n")
    read = lines(path, max_length=5)
    assert next(read) == (1, "12345")
    with pytest.raises(BadRecord, match=":2: expected at most 5 bytes"):
        next(read)


def test_a_long_line_is_never_held_in_memory():
    asked = []

    class Endless(io.RawIOBase):
        def readline(self, size=-1):
            asked.append(size)
            return b"x" * size

    with pytest.raises(BadRecord):
        next(lines(Endless(), max_length=10))
    assert asked == [12]


def test_lines_come_before_the_file_has_been_read():
    stream = io.BytesIO(b"first\nsecond\n" * 1000)
    assert next(lines(stream)) == (1, "first")
    assert stream.tell() == len(b"first\n")


def test_gzip_is_read_as_it_is(tmp_path):
    path = written(tmp_path, gzip.compress("一\n二\n".encode()), "a.txt.gz")
    assert list(lines(path)) == [(1, "一"), (2, "二")]


@pytest.mark.parametrize("damage", [lambda b: b[:-9], lambda b: b[:20] + b"!!!!" + b[24:], lambda b: b"plain text"])
def test_damaged_gzip_is_one_line(tmp_path, damage):
    path = written(tmp_path, damage(gzip.compress(os.urandom(100).hex().encode())), "a.gz")
    with pytest.raises(InputError, match=r"a\.gz: damaged gzip data"):
        list(lines(path))


def test_gzip_under_another_name_is_refused_by_name(tmp_path):
    with pytest.raises(BadRecord, match=":1: expected UTF-8 text, got gzip data"):
        list(lines(written(tmp_path, gzip.compress(b"a"))))


def test_a_missing_file_and_a_directory_are_one_line(tmp_path):
    with pytest.raises(InputError, match=r"none: no such file$"):
        list(lines(tmp_path / "none"))
    with pytest.raises(InputError, match=r"expected a file, got a directory$"):
        list(lines(tmp_path))


def test_a_stream_is_named_and_left_open():
    stream = io.BytesIO(b"ok\n\xff\n")
    stream.name = "<stdin>"
    with pytest.raises(BadRecord, match=r"^<stdin>:2: "):
        list(lines(stream))
    assert not stream.closed
