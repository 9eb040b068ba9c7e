"""The command line for classification, and what it shares with labelling: repeated runs, errors, reasons."""

import dataclasses
import json
import statistics

import pytest

import keras_seq as ks
from keras_seq.pipelines import ClassifiedText

FILES = ["--train", "train.tsv", "--valid", "valid.tsv", "--test", "test.tsv"]
QUICK = "cell=elman units=2 embedding_dim=2 epochs=1 calibration=none".split()
LINES = "we go to Rome\nfrom Oslo\n\nthe train 我\n"


@pytest.fixture(scope="module")
def loaded(classifier):
    return ks.pipelines.load(classifier)


@pytest.fixture(scope="module")
def wrong(folder):
    """A file in which the first label is not the right one."""
    first, *rest = (folder / "test.tsv").read_text().splitlines()
    text, label = first.split("\t")
    other = "origin" if label == "destination" else "destination"
    (folder / "wrong.tsv").write_text("\n".join([f"{text}\t{other}", *rest]) + "\n")
    return "wrong.tsv"


class TestTrain:
    def test_the_last_line_is_json_with_the_figures(self, classifier_report):
        assert classifier_report["accuracy"] > 0.9
        assert [row["label"] for row in classifier_report["labels"]] == ["destination", "origin"]
        told = (classifier_report["split"], classifier_report["texts"], classifier_report["model"])
        assert told == ("test", 30, "classifier")

    def test_simple_models_stand_beside_it(self, classifier_report, folder):
        names = [row["name"].partition(",")[0] for row in classifier_report["baselines"]]
        assert names == ["naive Bayes", "logistic regression", "regression on naive Bayes"]
        files = [folder / f"{split}.tsv" for split in ("train", "valid", "test")]
        found = ks.pipelines.classification_baselines(ks.datasets.read_labeled(*files), progress=False)
        assert [row["test"] for row in classifier_report["baselines"]] == [model.test for model in found]

    def test_columns_and_several_labels_and_the_default_directory(self, run, folder):
        rows = [f'"fine, {number}","a|b",x\n"dull",,x\n"so so",b,x\n' for number in range(8)]
        (folder / "books.v2.csv").write_text("review,topics,by\n" + "".join(rows))
        options = ["--text-column", "review", "--label-column", 1, "--separator", "|", "--no-tracking"]
        out = run("train", "classification", "--train", "books.v2.csv", *options, "--set", *QUICK)
        assert out.startswith("valid split, 2 texts\n")
        assert out.splitlines()[-1] == "model: models/books-classifier"
        model = ks.pipelines.load(folder / "models" / "books-classifier")
        assert (model.labels.names, model.labels.several) == (["a", "b"], True)

    def test_set_help_lists_every_hyperparameter(self, run):
        names = {line.split()[0] for line in run("train", "classification", "--set", "help").splitlines()}
        assert names == {field.name for field in dataclasses.fields(ks.pipelines.ClassifierConfig)}


class TestRepeatedly:
    def test_each_seed_has_a_model_a_tracked_run_and_a_line_of_the_table(self, run, folder):
        import mlflow

        words = ["train", "classification", *FILES, "--seeds", 4, 0, "--output", "seeds", "--json", "--set", *QUICK]
        found = json.loads(run(*words).splitlines()[-1])
        assert [row["seed"] for row in found["runs"]] == [4, 0]
        assert [row["model"] for row in found["runs"]] == ["seeds/seed-4", "seeds/seed-0"]
        accuracies = [row["accuracy"] for row in found["runs"]]
        assert found["mean"]["accuracy"] == pytest.approx(statistics.mean(accuracies))
        assert found["deviation"]["accuracy"] == pytest.approx(statistics.stdev(accuracies))
        client = mlflow.MlflowClient(tracking_uri=f"sqlite:///{folder}/mlruns/mlflow.db")
        for row in found["runs"]:
            tracked = client.get_run(row["run"]).data
            assert tracked.params["seed"] == str(row["seed"])
            assert tracked.metrics["test_nll"] == pytest.approx(row["nll"])
            told = json.loads(run("evaluate", row["model"], "--test", "test.tsv", "--json"))
            assert told == {name: row[name] for name in told}
            assert ks.pipelines.load(folder / row["model"]).config.seed == row["seed"]

    def test_a_person_gets_a_line_for_each_fold_and_the_simple_models(self, run, folder):
        words = ["train", "classification", *FILES, "--folds", 3, "--seed", 1, "--baseline", "--no-tracking"]
        out = run(*words, "--output", "folds", "--set", *QUICK).splitlines()
        assert [line.split()[:2] for line in out[1:4]] == [["fold", "0"], ["fold", "1"], ["fold", "2"]]
        assert out[4].startswith("mean")
        assert out[5] == "on test; mean ± sample deviation (n - 1) of 3 folds"
        assert [line.partition(",")[0] for line in out[9:12]] == [
            "naive Bayes",
            "logistic regression",
            "regression on naive Bayes",
        ]
        assert out[-1] == "models: folds/fold-0, folds/fold-1, folds/fold-2"
        assert ks.pipelines.load(folder / "folds" / "fold-2").config.seed == 1


class TestEvaluate:
    def test_the_figures_are_those_of_training(self, run, classifier, classifier_report):
        found = json.loads(run("evaluate", classifier, "--test", "test.tsv", "--json"))
        assert found == {name: classifier_report[name] for name in found}

    def test_another_format_says_the_same(self, run, folder, classifier, classifier_report):
        rows = [line.split("\t") for line in (folder / "test.tsv").read_text().splitlines()]
        (folder / "test.jsonl").write_text("".join(json.dumps({"t": text, "l": label}) + "\n" for text, label in rows))
        options = ["--text-column", "t", "--label-column", "l", "--json"]
        found = json.loads(run("evaluate", classifier, "--test", "test.jsonl", *options))
        assert found == {name: classifier_report[name] for name in found}

    def test_wrong_texts_are_lines(self, run, classifier, loaded, wrong, folder):
        out = run("evaluate", classifier, "--test", wrong, "--errors").splitlines()
        errors = loaded.evaluate(ks.datasets.LabeledLines(folder / wrong)).errors
        place = out.index(f"not right: {len(errors)}")
        assert out[place + 1 :] == ["right\tgiven\tprobability\ttext", *map(str, errors)]
        assert out[place + 2].endswith((folder / wrong).read_text().partition("\t")[0])

    def test_so_many_of_them_in_json(self, run, classifier, loaded, wrong, folder):
        (folder / "twice.tsv").write_text((folder / wrong).read_text().splitlines(keepends=True)[0] * 2)
        found = json.loads(run("evaluate", classifier, "--test", "twice.tsv", "--errors", 1, "--json"))
        (error,) = found["errors"]
        (text, label) = (folder / "twice.tsv").read_text().splitlines()[0].split("\t")
        answer = loaded.predict(text)
        assert error == {
            "text": text,
            "right": label,
            "given": answer.label,
            "probability": pytest.approx(answer.probability, abs=1e-5),
        }
        assert "not right: 2, the first 1\n" in run("evaluate", classifier, "--test", "twice.tsv", "--errors", 1)

    def test_a_picture_of_what_was_taken_for_what(self, run, folder, classifier):
        run("evaluate", classifier, "--test", "test.tsv", "--confusion", "confusion.png", "--reliability", "curve.png")
        for name in ("confusion.png", "curve.png"):
            assert (folder / name).read_bytes().startswith(b"\x89PNG")


class TestPredict:
    def test_a_line_in_is_a_line_out(self, run, classifier, loaded):
        assert run("predict", classifier, typed=LINES).splitlines() == list(
            map(str, loaded.predict(LINES.splitlines()))
        )

    def test_an_export_says_the_same(self, run, folder, classifier):
        run("export", classifier, folder / "classifier-serving")
        options = ["--json"]
        ours, theirs = (
            [json.loads(line) for line in run("predict", path, *options, typed=LINES).splitlines()]
            for path in (classifier, folder / "classifier-serving")
        )
        for one, other in zip(ours, theirs, strict=True):
            assert one["label"] == other["label"]
            assert one["probability"] == pytest.approx(other["probability"], abs=1e-5)

    def test_texts_that_are_cut_are_counted(self, run, caplog, monkeypatch):
        class Reader:
            def predict(self, texts):
                return [ClassifiedText(text, "good", 1.0, {"good": 1.0}, truncated=len(text) > 4) for text in texts]

        monkeypatch.setattr("keras_seq.text_commands.model_at", lambda path: Reader())
        assert run("predict", "any", typed="abcdef\nabc\nabcde\n") == "good\t1.0000\n" * 3
        assert caplog.messages == ["texts longer than the model reads, of which the beginning counts: 2"]


class TestExplain:
    def test_a_line_in_is_a_line_out(self, run, classifier, loaded):
        assert run("explain", classifier, typed=LINES).splitlines() == [
            str(loaded.explain(text)) for text in LINES.splitlines()
        ]

    @pytest.mark.parametrize("method", ["occlusion", "attention"])
    def test_json_has_every_effect(self, run, classifier, loaded, method):
        options = ["--method", method, "--label", "origin", "--json"]
        found = [json.loads(line) for line in run("explain", classifier, *options, typed=LINES).splitlines()]
        for row, text in zip(found, LINES.splitlines(), strict=True):
            expected = loaded.explain(text, method, "origin").as_dict()
            assert row["effects"] == pytest.approx(expected.pop("effects"), abs=1e-6)
            assert {name: row[name] for name in expected} == expected

    def test_a_page_has_every_text(self, run, folder, classifier):
        run("explain", classifier, "--html", "why.html", typed=LINES)
        page = (folder / "why.html").read_text()
        assert page.count("<p>") == 4
        assert page.count("<html>") == 1
        assert "Rome</span>" in page

    def test_a_picture_has_one_text(self, run, folder, classifier):
        run("explain", classifier, "--png", "why.png", typed="from Oslo\n")
        assert (folder / "why.png").read_bytes().startswith(b"\x89PNG")

    def test_a_person_at_a_terminal_sees_colours(self, terminal, classifier, monkeypatch):
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.setenv("COLORTERM", "truecolor")  # as in other tests: rich keeps a style as it was first written
        monkeypatch.delenv("NO_COLOR", raising=False)
        code, out = terminal("explain", classifier, typed="from Oslo\n", looks_on=True)
        assert code == 0
        assert "\x1b[" in out.getvalue()
        assert "Oslo" in out.getvalue()
