"""What a person sees, on a terminal and in a log."""

import contextlib
import io
import os
import pty
import sys
import threading

from keras_seq.pipelines.progress import ProgressBar, counter, steps


def train(epochs=2, steps=3, shown=True):
    """A run as Keras reports it."""
    with ProgressBar(steps, epochs, shown) as bar:
        for epoch in range(epochs):
            bar.on_epoch_begin(epoch)
            for step in range(steps):
                bar.on_train_batch_end(step, {"loss": 1 / (step + 1)})
            bar.on_epoch_end(epoch, {"loss": 0.5, "valid_score": 0.9 - 0.5 * epoch})


def on_a_terminal(monkeypatch, work):
    """What `work` shows where standard error is a real terminal."""
    master, slave = pty.openpty()
    monkeypatch.setenv("TERM", "xterm")
    os.set_blocking(master, False)
    with open(slave, "w") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        work()
        stream.flush()
        shown = b""
        with contextlib.suppress(BlockingIOError):
            while True:
                shown += os.read(master, 1 << 16)
        monkeypatch.undo()
    os.close(master)
    return shown.decode()


def test_a_log_gets_a_line_for_each_epoch(capsys):
    train()
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.split() for line in err.splitlines()] == [
        ["epoch", "1/2", "loss", "0.5000", "valid", "90.00%", "best", "90.00%"],
        ["epoch", "2/2", "loss", "0.5000", "valid", "40.00%", "best", "90.00%"],
    ]


def test_a_terminal_gets_a_bar(monkeypatch):
    shown = on_a_terminal(monkeypatch, train)
    assert "epoch 2/2" in shown
    assert "6/6" in shown
    assert "best valid 90.00%" in shown
    assert "epoch   1/2  loss" not in shown


def test_nothing_is_shown_where_nothing_is_wanted(monkeypatch, capsys):
    assert on_a_terminal(monkeypatch, lambda: train(shown=False)) == ""
    train(shown=False)
    assert capsys.readouterr() == ("", "")


def test_the_bar_stops_on_an_exception(monkeypatch):
    def fail():
        with contextlib.suppress(ZeroDivisionError), ProgressBar(1, 1) as bar:
            bar.on_epoch_begin(0)
            raise ZeroDivisionError

    before = threading.enumerate()
    shown = on_a_terminal(monkeypatch, fail)
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")  # the cursor, hidden by the bar, is back
    begun = [thread for thread in threading.enumerate() if thread not in before]
    for thread in begun:  # told to stop, it may need a moment
        thread.join(timeout=10)
    assert not [thread for thread in begun if thread.is_alive()]


def test_a_closed_standard_error_is_no_reason_to_stop(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    train()


def test_steps_of_other_work_are_all_gone_through(monkeypatch):
    found = []
    shown = on_a_terminal(monkeypatch, lambda: found.extend(steps([1, 2], "counting")))
    assert found == [1, 2]
    assert "counting" in shown
    assert "counting" not in on_a_terminal(monkeypatch, lambda: list(steps([1, 2], "counting", shown=False)))


def count(total, shown=True):
    """Five of them, two and three at a time."""
    with counter("translating", total, shown) as done:
        done(2)
        done(3)


def test_what_is_counted_has_a_bar(monkeypatch):
    shown = on_a_terminal(monkeypatch, lambda: count(10))
    assert "translating" in shown
    assert "5/10" in shown.replace(" ", "")


def test_nobody_need_know_how_many_there_are(monkeypatch):
    assert "5/?" in on_a_terminal(monkeypatch, lambda: count(None)).replace(" ", "")


def test_a_count_is_shown_on_a_terminal_alone_and_where_it_is_wanted(monkeypatch, capsys):
    assert on_a_terminal(monkeypatch, lambda: count(10, shown=False)) == ""
    count(10)
    assert capsys.readouterr() == ("", "")
