"""Downloads from a real server on 127.0.0.1 that can cut a connection, ignore Range, or serve other bytes."""

import gzip
import hashlib
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from keras_seq.datasets import InputError, download

CONTENT = bytes(range(256)) * 4096  # 1 MiB
SUM = hashlib.sha256(CONTENT).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """Answers from the server's `files`; notes each Range asked for; after `cut` bytes it drops the connection."""

    def do_GET(self):
        server = self.server
        asked = self.headers.get("Range")
        server.asked.append(asked)
        if self.path not in server.files:
            self.send_error(404)
            return
        body, start = server.files[self.path], 0
        if asked and server.ranges:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            if start >= len(body):
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(body)}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        cut = server.cuts.pop(0) if server.cuts else None
        self.wfile.write(body[start:][:cut])
        self.close_connection = True

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.files, server.asked, server.cuts, server.ranges = {"/data": CONTENT}, [], [], True
    server.url = f"http://127.0.0.1:{server.server_port}/data"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cache" / "corpus" / "train" / "data"


def files_in(path):
    return sorted(found.name for found in path.parents[2].rglob("*") if found.is_file())


def test_the_file_arrives_whole_and_alone(server, path):
    seen = []
    download(server.url, path, SUM, progress=lambda done, total: seen.append((done, total)))
    assert path.read_bytes() == CONTENT
    assert files_in(path) == ["data"]
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert seen == sorted(seen)


def test_a_file_that_is_there_is_not_fetched(server, path):
    path.parent.mkdir(parents=True)
    path.write_bytes(b"mine")
    download(server.url, path, SUM)
    assert path.read_bytes() == b"mine"
    assert server.asked == []


def test_a_cut_connection_is_taken_up_where_it_broke(server, path):
    server.cuts = [300_000, 500_000]
    download(server.url, path, SUM)
    assert server.asked == [None, "bytes=300000-", "bytes=800000-"]
    assert path.read_bytes() == CONTENT


def test_what_arrived_is_kept_for_the_next_call(server, path):
    server.cuts = [1000, 1000, 1000]
    with pytest.raises(InputError, match=r"cannot download \(the connection ended after 3000 of 1048576 bytes\)"):
        download(server.url, path, SUM)
    assert files_in(path) == ["data.part"]
    download(server.url, path, SUM)
    assert server.asked[-1] == "bytes=3000-"
    assert path.read_bytes() == CONTENT
    assert files_in(path) == ["data"]


def test_a_server_without_ranges_starts_again(server, path):
    server.ranges, server.cuts = False, [300_000]
    download(server.url, path, SUM)
    assert server.asked == [None, "bytes=300000-"]
    assert path.read_bytes() == CONTENT


def test_a_part_that_is_complete_already(server, path):
    path.parent.mkdir(parents=True)
    path.with_name("data.part").write_bytes(CONTENT)
    download(server.url, path, SUM)
    assert path.read_bytes() == CONTENT
    assert files_in(path) == ["data"]


def test_a_part_longer_than_the_file_is_dropped(server, path):
    path.parent.mkdir(parents=True)
    path.with_name("data.part").write_bytes(CONTENT + b"more")
    download(server.url, path, SUM)
    assert path.read_bytes() == CONTENT


def test_a_wrong_sum_shows_both_and_leaves_nothing(server, path):
    server.files["/data"] = b"other bytes"
    with pytest.raises(InputError) as caught:
        download(server.url, path, SUM)
    assert SUM in str(caught.value)
    assert hashlib.sha256(b"other bytes").hexdigest() in str(caught.value)
    assert files_in(path) == []


def test_the_sum_is_of_the_decompressed_content(server, path):
    server.files["/data"] = gzip.compress(CONTENT)
    download(server.url, path := path.with_suffix(".gz"), SUM)
    assert gzip.decompress(path.read_bytes()) == CONTENT
    server.files["/data"] = b"no gzip"
    with pytest.raises(InputError, match="got unreadable gzip data"):
        download(server.url, other := path.with_name("b.gz"), SUM)
    assert not other.exists()


def test_a_missing_file_is_one_line_that_says_what_to_do(server, path):
    with pytest.raises(InputError) as caught:
        download(f"{server.url}/none", path, SUM)
    message = str(caught.value)
    assert "HTTP 404" in message
    assert f"put the file by hand at {path} or in the folder KERAS_SEQ_DATA" in message
    assert "\n" not in message
    assert len(server.asked) == 1


def test_no_server_is_one_line(server, path):
    server.shutdown()
    server.server_close()
    with pytest.raises(InputError, match=r"cannot download .*Connection refused"):
        download(server.url, path, SUM)


def test_a_silent_server_is_given_up(path):
    silent = socket.create_server(("127.0.0.1", 0))
    with silent, pytest.raises(InputError, match=r"cannot download \(.*timed out"):
        download(f"http://127.0.0.1:{silent.getsockname()[1]}/", path, SUM, timeout=0.05)


def test_two_at_a_time_fetch_once(server, path):
    threads = [threading.Thread(target=download, args=(server.url, path, SUM)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_bytes() == CONTENT
    assert len(server.asked) == 1
