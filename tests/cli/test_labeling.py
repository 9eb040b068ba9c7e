"""The command line for sequence labelling, as a person in a shell meets it."""

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import keras_seq as ks

SMALL = "cell=elman units=8 embedding_dim=8 learning_rate=0.03 batch_size=8".split()
TEXTS = "we go to Rome\nfrom Oslo now 我\n\nﬁ 👩‍👩‍👧\n"


@pytest.fixture(scope="module")
def segmenter(run, folder):
    """A model of words, over characters."""
    (folder / "words.txt").write_text("我 去 郑州 吧\n去 郑州\n我 离开 郑州\n离开 吧\n" * 8)
    options = ["--format", "segmented", "--output", "segmenter", "--no-tracking", "--set", *SMALL, "epochs=3"]
    run("train", "sequence-labeling", "--train", "words.txt", *options)
    return folder / "segmenter"


class TestTrain:
    def test_the_last_line_is_json_with_the_figures(self, model, trained):
        result = json.loads(trained.stdout.splitlines()[-1])
        assert result["f1"] > 0.9
        assert [row["label"] for row in result["labels"]] == ["destination", "origin"]
        assert sum(row["support"] for row in result["labels"]) == 30
        assert (result["split"], result["sentences"], result["model"]) == ("test", 30, "model")

    def test_the_run_is_tracked_with_the_figures_of_the_test_split(self, folder, model, trained):
        import mlflow

        result = json.loads(trained.stdout.splitlines()[-1])
        client = mlflow.MlflowClient(tracking_uri=f"sqlite:///{folder}/mlruns/mlflow.db")
        found = client.get_run(result["run"])
        assert found.info.status == "FINISHED"
        assert found.data.metrics["test_f1"] == pytest.approx(result["f1"])

    def test_a_log_has_a_line_for_each_epoch_and_no_noise(self, model, trained):
        lines = trained.stderr.decode().splitlines()
        epochs = [line for line in lines if line.startswith("epoch ")]
        assert len(epochs) == 5
        others = [line.split()[0] for line in lines if line not in epochs]
        assert others == ["raw", "best"]  # how raw text is split, and which epoch was best

    def test_every_set_counts(self, model):
        config = ks.pipelines.load(model).config
        assert (config.cell, config.units, config.epochs) == ("elman", 16, 5)

    def test_without_a_test_split_the_validation_split_is_reported(self, run, folder):
        options = ["--output", folder / "other", "--seed", 3, "--no-tracking"]
        tiny = ["units=2", "embedding_dim=2", "epochs=1", "output=softmax", "bidirectional=false"]
        out = run("train", "sequence-labeling", "--train", "train.conll", *options, "--set", *tiny)
        assert out.startswith("valid split, 12 sentences\n")  # a tenth of 120
        assert out.endswith(f"model: {folder / 'other'}\n")
        assert ks.pipelines.load(folder / "other").config.seed == 3

    def test_set_help_lists_every_hyperparameter(self, run):
        names = {line.split()[0] for line in run("train", "sequence-labeling", "--set", "help").splitlines()}
        assert names == {field.name for field in dataclasses.fields(ks.pipelines.SequenceLabelerConfig)}


class TestEvaluate:
    def test_the_figures_are_those_of_training(self, run, model, trained):
        found = json.loads(run("evaluate", model, "--test", "test.conll", "--json").splitlines()[-1])
        told = json.loads(trained.stdout.splitlines()[-1])
        assert found == {name: told[name] for name in found}
        assert 0 < told["f1_at_5"] <= 1  # asked for in training alone
        assert "f1_at_5" not in found

    def test_a_person_gets_a_table(self, run, model):
        first_words = [line.split()[0] for line in run("evaluate", model, "--test", "test.conll").splitlines()]
        assert first_words[:4] == ["precision", "destination", "origin", "overall"]

    def test_a_named_corpus_has_splits(self, run, model):
        found = json.loads(run("evaluate", model, "--data", "ticket-desk-en", "--split", "valid", "--json"))
        assert found["sentences"] == len(ks.datasets.load("ticket-desk-en").valid)
        assert any("time" in note for note in found["notes"])

    def test_sentences_that_are_wrong_stand_side_by_side(self, run, folder, model):
        (folder / "wrong.conll").write_text("to O\nRome B-origin\n\nto O\nRome B-destination\n\nOslo O\nto O\n\n")
        loaded = ks.pipelines.load(model)
        errors = loaded.evaluate(ks.datasets.ColumnFile(folder / "wrong.conll")).errors
        assert errors[0].right == ("O", "B-origin")
        out = run("evaluate", model, "--test", "wrong.conll", "--errors")
        assert out.endswith(f"\n\nnot right: {len(errors)}\n\n{ks.pipelines.error_listing(errors)}\n")
        found = json.loads(run("evaluate", model, "--test", "wrong.conll", "--errors", 1, "--json"))
        assert found["errors"] == [json.loads(json.dumps(dataclasses.asdict(errors[0])))]

    def test_further_figures_where_asked_for(self, run, folder, model):
        found = json.loads(run("evaluate", model, "--test", "test.conll", "--also", "borders", "--json"))
        examples = ks.datasets.ColumnFile(folder / "test.conll")
        expected = ks.pipelines.load(model).evaluate(examples, also=["borders"])
        assert {name: found[name] for name in expected} == expected
        assert "border_f1_within_0" in expected

    def test_i_after_o_is_one_warning_with_its_number(self, shell, folder, model):
        (folder / "irregular.conll").write_text("a O\nRome I-destination\n\nb O\nOslo I-origin\n")
        done = shell("evaluate", model, "--test", "irregular.conll")
        assert done.returncode == 0
        (line,) = done.stderr.decode().splitlines()
        assert line.startswith("irregular.conll:2: I-destination after O is not well-formed IOB2 (2 such tags in all")


class TestPredict:
    def test_a_line_in_is_a_line_out(self, run, model):
        expected = [f"{text}\t{ks.pipelines.load(model).predict(text)}" for text in TEXTS.splitlines()]
        assert run("predict", model, typed=TEXTS).splitlines() == expected

    def test_json_has_everything(self, run, model):
        found = [json.loads(line) for line in run("predict", model, "--json", typed=TEXTS).splitlines()]
        expected = [result.as_dict() for result in ks.pipelines.load(model).predict(TEXTS.splitlines())]
        assert found == json.loads(json.dumps(expected))

    def test_the_best_labelings_are_groups(self, run, model):
        expected = ks.pipelines.load(model).predict(TEXTS.splitlines(), n_best=2)
        groups = run("predict", model, "--n-best", 2, typed=TEXTS).split("\n\n")
        for group, labelings in zip(groups, expected, strict=True):
            rows = [f"{each.probability:.4f}\t{each.text}\t{each}" for each in labelings]
            assert group.rstrip("\n").splitlines() == rows
        found = [json.loads(line) for line in run("predict", model, "--n-best", 2, "--json", typed=TEXTS).splitlines()]
        assert found == [
            {"labelings": [json.loads(json.dumps(each.as_dict())) for each in labelings]} for labelings in expected
        ]

    def test_phrases_are_ranked(self, run, model):
        twice = "to Rome now to Rome from Oslo"
        loaded = ks.pipelines.load(model)
        expected = [ks.pipelines.ranked_phrases(loaded.predict(text, n_best=3))[:2] for text in (twice, "we", "")]
        options = ["--n-best", 3, "--phrases", 2]
        groups = run("predict", model, *options, typed=f"{twice}\nwe\n\n").removesuffix("\n").split("\n\n")
        rows = [[f"{phrase.probability:.4f}\t{phrase.text}" for phrase in phrases] for phrases in expected]
        assert groups == ["\n".join(each) or "-" for each in rows]
        assert (len(rows[0]), groups[2]) == (2, "-")
        (found,) = [
            json.loads(line) for line in run("predict", model, "--phrases", 1, "--json", typed=twice).splitlines()
        ]
        (best,) = found["phrases"]
        assert (found["text"], best["text"]) == (twice, ks.pipelines.ranked_phrases(loaded.predict(twice))[0].text)

    def test_files_are_read_and_written(self, run, folder, model):
        (folder / "texts").write_text(TEXTS)
        assert run("predict", model, "--input", "texts", "--output", "labels") == ""
        assert (folder / "labels").read_text() == run("predict", model, typed=TEXTS)

    @pytest.mark.parametrize("version", ["", "1"])
    def test_an_export_says_the_same(self, run, model, serving, version):
        assert run("predict", serving / version, typed=TEXTS) == run("predict", model, typed=TEXTS)

    def test_many_lines_come_out_in_order(self, run, model):
        texts = [f"{number} to Rome" for number in range(2345)]
        assert [line.partition("\t")[0] for line in run("predict", model, typed="\n".join(texts)).splitlines()] == texts

    def test_nothing_in_is_nothing_out(self, run, model):
        assert run("predict", model) == ""

    def test_output_is_utf8_whatever_the_locale_and_errors_stay_empty(self, shell, serving):
        done = shell("predict", serving, input="去 Rome\n".encode(), env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.decode().startswith("去 Rome\t")

    def test_a_reader_that_goes_away_is_no_traceback(self, folder, model):
        (folder / "many").write_text("to Rome\n" * 20_000)
        command = f"set -o pipefail; {sys.executable} -m keras_seq predict model --input many | head -1"
        environment = {**os.environ, "PYTHONPATH": str(Path(ks.__file__).parent.parent)}
        done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, timeout=120)
        assert done.stdout.startswith(b"to Rome\t")
        assert (done.returncode, done.stderr) == (1, b"")


class TestWords:
    def test_a_text_comes_out_in_words(self, run, segmenter):
        text = "我离开郑州吧"
        words = ks.pipelines.load(segmenter).predict(text).words
        assert "".join(words) == text
        assert run("predict", segmenter, "--words", typed=f"{text}\n\n") == f"{' '.join(words)}\n\n"

    def test_segmented_text_is_what_it_is_evaluated_on(self, run, segmenter):
        found = json.loads(run("evaluate", segmenter, "--test", "words.txt", "--format", "segmented", "--json"))
        assert found["sentences"] == 32
        assert found["labels"][0]["label"] == "_"

    def test_an_export_says_the_same(self, run, folder, segmenter):
        run("export", segmenter, folder / "segmenter-serving")
        typed = "我离开郑州吧\n去\n"
        out = run("predict", folder / "segmenter-serving", "--words", typed=typed)
        assert out == run("predict", segmenter, "--words", typed=typed)


class TestExplain:
    def test_each_span_has_its_reasons(self, run, model):
        loaded = ks.pipelines.load(model)
        expected = [str(loaded.explain(text)) or "-" for text in TEXTS.splitlines()]
        assert run("explain", model, typed=TEXTS) == "\n\n".join(expected) + "\n"

    def test_json_has_every_effect(self, run, model):
        loaded = ks.pipelines.load(model)
        (found,) = (json.loads(line) for line in run("explain", model, "--json", typed="to Rome\n").splitlines())
        why = loaded.explain("to Rome")
        assert (found["tokens"], found["labels"]) == (["to", "Rome"], why.labels)
        for span in found["spans"]:
            effects = why.effects[:, span["start"] : span["end"]].mean(axis=1)
            assert span["effects"] == pytest.approx(effects.tolist(), abs=1e-6)

    def test_a_page_has_every_text(self, run, folder, model):
        run("explain", model, "--html", "spans.html", typed=TEXTS)
        page = (folder / "spans.html").read_text()
        assert page.count("<table>") == len(TEXTS.splitlines())
        assert "Rome = destination" in page


class TestExport:
    def test_it_says_where_and_how_to_try_it(self, run, folder, model):
        path = folder / "exports"
        assert run("export", model, path).splitlines() == [
            f"exported: {path / '1'}",
            f"try it: echo TEXT | keras-seq predict {path}",
        ]
