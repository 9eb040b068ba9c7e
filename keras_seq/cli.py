"""The command `keras-seq`. Exit codes: 0 done, 1 failed, 2 a mistake of the user's, said in one line."""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from io import TextIOWrapper

from .arguments import parser
from .memory import keep_memory

# Where each command is; a module is imported when its command runs, for it starts TensorFlow.
_MODULES = {
    "train": "training_commands",
    "mix": "training_commands",
    "evaluate": "training_commands",
    "predict": "text_commands",
    "explain": "explain_command",
    "translate": "translate_command",
    "rerank": "rerank_command",
    "score": "text_commands",
    "rank": "rank_command",
    "generate": "generate_command",
    "export": "file_commands",
    "arpa": "file_commands",
    "data": "file_commands",
}


def main(words: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    arguments = parser().parse_args(words)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # as every file here, whatever the locale
    logging.basicConfig(format="%(message)s", level="WARNING", stream=sys.stderr)
    logging.getLogger("keras_seq").setLevel("INFO")
    # It warns of new graphs, of which the many models of --seeds and --folds have many.
    logging.getLogger("tensorflow").setLevel("ERROR")
    if words is None:  # this process is the command's own
        keep_memory()
    with quiet_start():
        from .datasets import InputError
        from .pipelines import TrainingError

        command = _command(arguments.command)
    try:
        command(arguments)
        sys.stdout.flush()  # here, where a reader that has gone is caught
    except InputError as error:
        return _fail(str(error), 2)
    except BrokenPipeError:  # the reader of our output has gone, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (OSError, TrainingError) as error:
        return _fail(str(error), 1)
    except KeyboardInterrupt:
        return _fail("interrupted", 130)
    return 0


@contextlib.contextmanager
def quiet_start() -> Iterator[None]:
    """Imports of TensorFlow without the lines that its C++ libraries write to standard error, whatever the log level."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"  # the pipelines' text, data and export are its graphs
    sys.stderr.flush()
    kept, silent = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(silent)


def _command(name: str) -> Callable[[Namespace], None]:
    command: Callable[[Namespace], None] = getattr(importlib.import_module(f".{_MODULES[name]}", __package__), name)
    return command


def _fail(message: str, code: int) -> int:
    sys.stderr.write(f"keras-seq: {' '.join(message.split())}\n")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
