"""The command line for translation: train, evaluate, translate, score, rerank, exports."""

import contextlib
import dataclasses
import functools
import json
import re
from argparse import Namespace

import pytest

import keras_seq as ks
from keras_seq.datasets import Corpus, ParallelFiles
from keras_seq.pipelines import RerankingFit, fit_reranking, length_table, rerank
from keras_seq.repeated_training import simple_models
from keras_seq.translate_command import _batch_by_batch, _line

LINES = "we go to Rome now\nnow we walk\n\nwe walk from Paris\n"
TEXTS = LINES.splitlines()
TINY = "units=2 embedding_dim=2 source_unit=token target_unit=token epochs=1 batch_size=2 averaging=none".split()
PNG = b"\x89PNG"


@pytest.fixture(scope="module", autouse=True)
def once():
    """Each model is loaded once: its graphs take longer to build than to run."""
    load = functools.cache(ks.pipelines.load)
    with pytest.MonkeyPatch.context() as patch:
        for module in ("model_options", "translation_options", "training_commands"):
            patch.setattr(f"keras_seq.{module}.load", lambda path: load(str(path)))
        yield load


@pytest.fixture(scope="module")
def loaded(once, translator):
    return once(str(translator))


@pytest.fixture(scope="module")
def german(run, folder):
    """A language model of the target."""
    files = ["--train", "train.de", "--valid", "valid.de", "--no-tracking", "--output", "german"]
    run("train", "language-model", *files, "--set", "kind=ngram", "order=3")
    return folder / "german"


@pytest.fixture(scope="module")
def speaker(once, german):
    return once(str(german))


@pytest.fixture(scope="module")
def evaluation(folder, loaded):
    return loaded.evaluate(ParallelFiles([folder / "test.en", folder / "test.de"]))


class TestTrain:
    def test_the_last_line_is_json_with_the_figures(self, translator_report):
        assert (translator_report["split"], translator_report["model"]) == ("test", "translator")
        assert 0 < translator_report["exact_match"] < 1
        assert 1 < translator_report["bleu"] < 100

    def test_the_notes_say_how_bleu_was_computed(self, translator_report):
        assert [note.partition(":")[0] for note in translator_report["notes"]] == ["BLEU", "chrF"]
        assert "tok:13a" in translator_report["notes"][0]

    def test_the_nearest_training_sentence_stands_beside_it(self, translator_report):
        (row,) = translator_report["baselines"]
        assert row["name"] == "nearest training sentence"
        assert row["valid"]["exact_match"] == 1  # of phrases that are all in training
        assert row["test"]["bleu"] < 100

    def test_pairs_of_a_table_and_what_a_person_reads(self, run, folder):
        rows = "".join(f"go to {city},geh nach {city}\n" for city in ("Oslo", "Lima", "Bern", "Bonn"))
        (folder / "trips.csv").write_text("english,german\n" + rows)
        columns = ["--source-column", "english", "--target-column", "german", "--baseline", "--no-tracking"]
        lines = run("train", "translation", "--train", "trips.csv", *columns, "--set", *TINY).splitlines()
        assert lines[0] == "valid split, 1 pairs"
        assert re.fullmatch(r"bleu: \d+\.\d\d", lines[1])
        assert re.fullmatch(r"chrf: \d+\.\d\d", lines[2])
        head, row = lines[-4:-2]
        assert re.split(r"  +", head.strip())[:3] == ["valid bleu", "test bleu", "valid chrf"]
        assert "%" not in row
        assert lines[-1] == "model: models/trips"
        assert ks.pipelines.load(folder / "models" / "trips").languages == ("english", "german")

    def test_set_help_lists_every_hyperparameter(self, run):
        names = {line.split()[0] for line in run("train", "translation", "--set", "help").splitlines()}
        assert names == {field.name for field in dataclasses.fields(ks.pipelines.TranslationConfig)}

    def test_the_simple_model_of_folds_is_a_mean_over_them(self):
        corpus = Corpus.from_pairs([(f"take {n} of {n} home now", f"nimm {n} von {n} mit") for n in range(12)])
        config = ks.pipelines.TranslationConfig()
        (found,) = simple_models(Namespace(task="translation", folds=3), corpus, config)
        parts = [ks.pipelines.translation_baselines(fold)[0] for fold in ks.datasets.folds(corpus, 3, 0)]
        assert found.name == "nearest training sentence, mean of 3"
        assert found.test["bleu"] == pytest.approx(sum(part.test["bleu"] for part in parts) / 3)


class TestEvaluate:
    def test_the_figures_are_those_of_training(self, run, translator, translator_report):
        found = json.loads(run("evaluate", translator, "--test", "test.en", "test.de", "--json"))
        assert found == {name: translator_report[name] for name in found}

    def test_a_file_of_pairs_says_the_same(self, run, folder, translator, evaluation):
        texts = zip(*((folder / f"test.{side}").read_text().splitlines() for side in ("de", "en")), strict=True)
        (folder / "turned.tsv").write_text("".join("\t".join(pair) + "\n" for pair in texts))
        columns = ["--source-column", 1, "--target-column", 0]
        found = json.loads(run("evaluate", translator, "--test", "turned.tsv", *columns, "--json"))
        assert {name: found[name] for name in evaluation} == pytest.approx(dict(evaluation))

    def test_a_blank_line_on_one_side_moves_no_other(self, run, folder, translator, loaded, caplog):
        (folder / "half.en").write_text("we go to Rome now\n \nwe walk from Bern now\n")
        (folder / "half.de").write_text("wir fahren jetzt nach Rom\nja\nwir gehen jetzt von Bern\n")
        found = json.loads(run("evaluate", translator, "--test", "half.en", "half.de", "--json"))
        assert caplog.messages == ["left out 1 of 3 examples, of which a text is blank, the first at half.en:2"]
        rest = [
            ("we go to Rome now", "wir fahren jetzt nach Rom"),
            ("we walk from Bern now", "wir gehen jetzt von Bern"),
        ]
        expected = loaded.evaluate([ks.datasets.Parallel(pair) for pair in rest])
        assert {name: found[name] for name in expected} == dict(expected)

    def test_what_is_not_exact_has_source_reference_translation_and_chrf(self, run, translator, evaluation):
        out = run("evaluate", translator, "--test", "test.en", "test.de", "--errors")
        count = round((1 - evaluation["exact_match"]) * 18)
        head, _, rest = out.partition(f"\n\nnot right: {count}\n\n")
        assert head == str(evaluation)
        assert rest == "\n\n".join(map(str, evaluation.errors)) + "\n"
        assert "source       we go to Paris now please\nreference    wir fahren jetzt nach Paris bitte\n" in rest

    def test_so_many_of_them_in_json(self, run, translator, evaluation):
        found = json.loads(run("evaluate", translator, "--test", "test.en", "test.de", "--errors", 1, "--json"))
        assert found["errors"] == [dataclasses.asdict(error) for error in evaluation.errors[:1]]

    def test_figures_by_length(self, run, translator, evaluation):
        assert [(each.shortest, each.sentences) for each in evaluation.lengths] == [(1, 17), (6, 1)]
        words = ["evaluate", translator, "--test", "test.en", "test.de", "--by-length"]
        found = json.loads(run(*words, "--json"))
        assert found["lengths"] == [dataclasses.asdict(bucket) for bucket in evaluation.lengths]
        assert run(*words) == f"{evaluation}\n\n{length_table(evaluation.lengths)}\n"


class TestTranslate:
    def test_a_line_in_is_a_line_out(self, run, translator, loaded):
        expected = [each.translation for each in loaded.translate(TEXTS)]
        assert run("translate", translator, typed=LINES).splitlines() == expected

    def test_predict_says_the_same(self, run, translator):
        assert run("predict", translator, typed=LINES) == run("translate", translator, typed=LINES)
        best = ["--n-best", 2, "--json"]
        assert run("predict", translator, *best, typed=LINES) == run("translate", translator, *best, typed=LINES)

    def test_files_in_and_out(self, run, folder, translator, loaded):
        assert run("translate", translator, "--input", "test.en", "--output", "out.de") == ""
        texts = (folder / "test.en").read_text().splitlines()
        expected = [each.translation for each in loaded.translate(texts)]
        assert (folder / "out.de").read_text().splitlines() == expected

    def test_no_lines_are_none(self, run, folder, translator):
        (folder / "nothing").write_text("")
        assert run("translate", translator, "--input", "nothing") == ""

    def test_the_best_are_groups_each_after_its_score(self, run, translator, loaded):
        expected = loaded.translate(TEXTS, n_best=3)
        groups = run("translate", translator, "--n-best", 3, typed=LINES).removesuffix("\n").split("\n\n")
        for group, translations in zip(groups, expected, strict=True):
            assert group.split("\n") == [f"{each.score:.4f}\t{each.translation}" for each in translations]

    def test_json_is_an_object_a_line(self, run, translator, loaded):
        found = [json.loads(line) for line in run("translate", translator, "--json", typed=LINES).splitlines()]
        assert found == [each.as_dict() for each in loaded.translate(TEXTS)]
        assert "alignment" not in found[0]

    def test_json_has_the_alignment_where_asked_for(self, run, translator, loaded):
        options = ["--json", "--alignment", "--n-best", 2]
        found = [json.loads(line) for line in run("translate", translator, *options, typed=LINES).splitlines()]
        expected = loaded.translate(TEXTS, n_best=2)
        assert found == [{"translations": [one.as_dict(True) for one in several]} for several in expected]
        first = found[0]["translations"][0]
        assert first["source_units"] == [*TEXTS[0].split(), "</s>"]
        assert [sum(row) for row in first["alignment"]] == pytest.approx([1] * len(first["target_units"]), abs=1e-5)

    @pytest.mark.parametrize(
        ("options", "how"),
        [
            (
                ["--beam", 2, "--length-penalty", 0.3, "--coverage-penalty", 0.2],
                {"beam": 2, "length_penalty": 0.3, "coverage_penalty": 0.2},
            ),
            (["--method", "greedy"], {"method": "greedy"}),
            (
                ["--method", "sample", "--temperature", 2, "--top-k", 9, "--top-p", 0.9, "--seed", 3],
                {"method": "sample", "temperature": 2.0, "top_k": 9, "top_p": 0.9, "seed": 3},
            ),
        ],
    )
    def test_options_are_those_of_python(self, run, translator, loaded, options, how):
        found = [
            json.loads(line) for line in run("translate", translator, *options, "--json", typed=LINES).splitlines()
        ]
        assert found == [each.as_dict() for each in loaded.translate(TEXTS, **how)]

    def test_a_picture_shows_one_text(self, run, folder, translator, loaded):
        out = run("translate", translator, "--plot", "alignment.png", typed="we go to Rome now\n")
        assert out == f"{loaded.translate('we go to Rome now')}\n"
        assert (folder / "alignment.png").read_bytes().startswith(PNG)

    @pytest.mark.parametrize("command", ["translate", "predict"])
    def test_texts_that_are_cut_are_counted_once(self, run, translator, caplog, command):
        run(command, translator, "--n-best", 2, typed=f"{'go ' * 101}\ngo\n{'go ' * 200}\n")
        assert caplog.messages == ["texts longer than the model reads, of which the beginning counts: 2"]

    def test_an_export_says_the_same(self, run, folder, translator, translator_serving):
        best = ["--n-best", 3, "--json"]
        ours, theirs = (
            [json.loads(line) for line in run("translate", place, *best, typed=LINES).splitlines()]
            for place in (translator, translator_serving)
        )
        for one, other in zip(ours, theirs, strict=True):
            for mine, served in zip(one["translations"], other["translations"], strict=True):
                assert mine["translation"] == served["translation"]
                assert mine["score"] == pytest.approx(served["score"], abs=1e-4)
        run("predict", translator_serving, "--output", "served.de", typed=LINES)
        assert (folder / "served.de").read_text() == run("translate", translator, typed=LINES)
        run("translate", translator_serving, "--plot", "served.png", typed="we go\n")
        assert (folder / "served.png").read_bytes().startswith(PNG)

    def test_a_language_model_has_its_say(self, run, translator, german, loaded, speaker):
        words = ["translate", translator, "--rerank", german, "--weight", 0.7, "--json"]
        expected = rerank(loaded.translate(TEXTS, n_best=10), speaker, 0.7, loaded.config.length_penalty)
        found = [json.loads(line) for line in run(*words, typed=LINES).splitlines()]
        assert found == [translations[0].as_dict() for translations in expected]
        found = [json.loads(line) for line in run(*words, "--n-best", 2, typed=LINES).splitlines()]
        assert found == [{"translations": [each.as_dict() for each in several[:2]]} for several in expected]

    def test_among_as_many_as_there_are_beams_by_their_own_penalty(self, run, translator, german, loaded, speaker):
        words = ["translate", translator, "--rerank", german, "--weight", 0.7, "--json"]
        found = run(*words, "--beam", 2, "--length-penalty", 0, typed="we go to Rome now\n")
        candidates = loaded.translate(["we go to Rome now"], n_best=2, beam=2, length_penalty=0.0)
        assert json.loads(found) == rerank(candidates, speaker, 0.7)[0][0].as_dict()

    @pytest.mark.parametrize(
        ("options", "total", "shown"),
        [
            (["--input", "valid.en", "--output", "bar.de"], 16, True),
            (["--output", "bar.de"], None, True),
            (["--input", "valid.en"], None, False),
        ],
    )
    def test_a_bar_counts_texts_where_nobody_sees_them_come(self, run, translator, monkeypatch, options, total, shown):
        told, done = [], []

        @contextlib.contextmanager
        def counter(*words):
            told.append(words)
            yield done.append

        monkeypatch.setattr("keras_seq.translate_command.counter", counter)
        run("translate", translator, *options, typed=LINES)
        assert told == [("translating", total, shown)]
        assert sum(done) == (16 if "--input" in options else 4)

    def test_a_line_break_in_a_translation_is_a_blank(self, loaded):
        found = dataclasses.replace(loaded.translate("go"), translation="a\nb\u2028c d")
        assert _line(found) == "a b c d"

    def test_batches_keep_the_order_of_lines_and_are_counted(self):
        texts, done, asked = ["x" * (997 * number % 50) + str(number) for number in range(400)], [], []

        def ask(batch):
            asked.append(len(batch))
            return [[text] for text in batch]

        assert _batch_by_batch(texts, ask, done.append) == [[text] for text in texts]
        assert done == asked
        assert sum(done) == 400
        assert len(done) > 2


class TestScore:
    def test_a_pair_in_is_log_p_and_score_and_the_pair_out(self, run, folder, translator, loaded):
        sources, targets = ((folder / f"test.{side}").read_text().splitlines()[:3] for side in ("en", "de"))
        typed = "".join(f"{pair[0]}\t{pair[1]}\n" for pair in zip(sources, targets, strict=True))
        rows = [line.split("\t") for line in run("score", translator, typed=typed).splitlines()]
        expected = loaded.score(sources, targets)
        assert [row[2:] for row in rows] == [list(pair) for pair in zip(sources, targets, strict=True)]
        assert [float(row[0]) for row in rows] == pytest.approx([each.log_probability for each in expected], abs=5e-5)
        assert [float(row[1]) for row in rows] == pytest.approx([each.score for each in expected], abs=5e-5)
        found = [json.loads(line) for line in run("score", translator, "--json", typed=typed).splitlines()]
        assert found == [each.as_dict() for each in expected]

    def test_it_is_what_translate_gave_its_own_translation(self, run, translator, loaded):
        best = loaded.translate("we go to Rome now")
        found = json.loads(run("score", translator, "--json", typed=f"{best.text}\t{best.translation}\n"))
        assert found["log_probability"] == pytest.approx(best.log_probability, abs=1e-4)
        assert found["score"] == pytest.approx(best.score, abs=1e-4)

    def test_a_picture_shows_one_pair(self, run, folder, translator):
        run("score", translator, "--png", "pair.png", typed="we go\twir fahren\n")
        assert (folder / "pair.png").read_bytes().startswith(PNG)

    def test_sources_that_are_cut_are_counted(self, run, translator, caplog):
        run("score", translator, typed=f"{'go ' * 101}\tgehen\ngo\tgehen\n")
        assert caplog.messages == ["texts longer than the model reads, of which the beginning counts: 1"]


class TestRerank:
    def test_the_weight_is_that_of_python(self, run, folder, translator, german, loaded, speaker):
        words = ["rerank", translator, german, "--valid", "test.en", "test.de", "--n-best", 6, "--measure", "chrf"]
        found = json.loads(run(*words, "--json"))
        pairs = ParallelFiles([folder / "test.en", folder / "test.de"])
        fit = fit_reranking(loaded, speaker, pairs, 6, "chrf", progress=False)
        assert (found["weight"], found["chrf"], found["chrf_alone"]) == (fit.weight, fit.figure, fit.alone)
        assert {row["weight"]: row["chrf"] for row in found["tried"]} == fit.tried
        assert (found["pairs"], found["n_best"]) == (18, 6)
        lines = run(*words).splitlines()
        assert lines[0] == "18 pairs, 6 translations of each"
        (star,) = (line for line in lines if line.endswith("*"))
        assert star.split() == [f"{fit.weight:.2f}", f"{fit.figure:.2f}", "*"]
        last = f"try it: keras-seq translate {translator} --rerank {german} --weight {fit.weight}"
        assert lines[-1] == (last if fit.weight else "no weight is better than none: the translator alone")

    @pytest.mark.parametrize(
        ("weight", "last"),
        [
            (0.25, "try it: keras-seq translate translator --rerank german --weight 0.25"),
            (0.0, "no weight is better than none: the translator alone"),
        ],
    )
    def test_the_last_line_says_what_to_do(self, run, translator, german, monkeypatch, weight, last):
        fit = RerankingFit(weight, 34.5, 33.0, {0.0: 33.0, 0.25: 34.5})
        monkeypatch.setattr("keras_seq.rerank_command.fit_reranking", lambda *_: fit)
        lines = run("rerank", "translator", "german", "--valid", "valid.en", "valid.de").splitlines()
        assert lines[-1] == last
        assert lines[-2] == f"best weight: {weight}, bleu 34.50; the translator alone: 33.00"


def test_a_tree_is_drawn_in_text(run, folder):
    """Whatever an untrained parser writes, its tree is one over the words."""
    rows = {"go": "(S (VP XX )VP )S", "she sleeps": "(S (NP XX )NP (VP XX )VP )S"}
    for split, times in (("train", 4), ("valid", 1)):
        (folder / f"{split}.sentence").write_text("".join(f"{words}\n" for words in rows) * times)
        (folder / f"{split}.tree").write_text("".join(f"{row}\n" for row in rows.values()) * times)
    files = ["--train", "train.sentence", "train.tree", "--valid", "valid.sentence", "valid.tree", "--no-tracking"]
    run("train", "translation", *files, "--output", "parser", "--set", *TINY, "output=tree", "criterion=bracket_f1")
    row, *drawn = run("translate", "parser", "--plot", typed="she sleeps\n").splitlines()
    assert row.split().count("XX") == 2
    assert row.count("(") == row.count(")") > 0
    assert "she sleeps".split() == [word for word in drawn[-1].split() if word in ("she", "sleeps")]
