"""What the command line says of itself, at once."""

import dataclasses
import os
import re
import resource
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import keras_seq as ks
from keras_seq import translation_arguments
from keras_seq.arguments import DECODING, EXPLANATIONS, MEASURES, METHODS, parser
from keras_seq.data_arguments import RULES, SCHEMES, TASKS
from keras_seq.pipelines import classifier, reranking
from keras_seq.pipelines.frame_generation import FrameDecoding


class TestHelp:
    @pytest.mark.parametrize(
        "words",
        [
            "--help",
            "train --help",
            "predict --help",
            "translate --help",
            "generate --help",
            "explain --help",
            "--version",
        ],
    )
    def test_it_starts_no_tensorflow(self, folder, words):
        code = """
import sys
from keras_seq.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    assert not end.code
    heavy = {"tensorflow", "keras", "numpy", "mlflow"} & set(sys.modules)
    sys.exit(f"imported: {heavy}" if heavy else 0)
"""
        environment = {**os.environ, "PYTHONPATH": str(Path(ks.__file__).parent.parent)}
        done = subprocess.run(
            [sys.executable, "-c", code, *words.split()], cwd=folder, env=environment, capture_output=True
        )
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout

    def test_it_answers_in_half_a_second(self, shell):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = shell("--help")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime < 0.5
        assert b"examples:" in done.stdout

    def test_every_example_is_a_command(self):
        lines = [line.strip() for line in parser().epilog.splitlines()[1:]]
        for line in lines:
            words = shlex.split(line.partition("   ")[0].rpartition("| ")[2])
            assert words[0] == "keras-seq"
            parser().parse_args(words[1:])

    def test_its_choices_are_those_of_the_package(self):
        from keras_seq.datasets import tag_reader
        from keras_seq.datasets.corpus import TOKEN_RULES

        assert set(TASKS) == set(ks.pipelines.PIPELINES)
        assert set(TASKS.values()) <= {corpus.name for corpus in ks.datasets.corpora()}
        assert set(SCHEMES) == set(tag_reader.SCHEMES)
        assert set(RULES) == set(TOKEN_RULES)
        assert set(MEASURES) == set(ks.pipelines.MEASURES)
        assert set(EXPLANATIONS) == set(classifier.METHODS)
        assert translation_arguments.MEASURES == reranking.MEASURES
        for method in translation_arguments.METHODS:
            ks.pipelines.Translator()._way(method=method)
        fields = {
            field.name: field for kind in (ks.pipelines.Decoding, FrameDecoding) for field in dataclasses.fields(kind)
        }
        assert {"method", *(name.replace("-", "_") for name, *_ in DECODING)} == set(fields)
        (of_text,) = (field for field in dataclasses.fields(ks.pipelines.Decoding) if field.name == "method")
        assert set(METHODS) == set(of_text.metadata["choices"])

    def test_the_defaults_that_it_names_are_those_of_generation(self):
        for name, _, _, meaning in DECODING:
            kind = FrameDecoding if meaning.startswith("of music") else ks.pipelines.Decoding
            default = float(re.search(r"\(default: (\d+)", meaning)[1])
            assert default == getattr(kind, name.replace("-", "_"))
