"""The command line for language models: train, evaluate, score, rank, generate, ARPA files, mixtures, exports."""

import dataclasses
import json
import math
import re
from itertools import pairwise

import pytest

import keras_seq as ks
from keras_seq.arguments import parser
from keras_seq.datasets import frames_from_voices, read_midi, text_from_voices, voices_from_text
from keras_seq.pipelines.served_language_model import ServedLanguageModel

LINES = "Jane walked in too .\nwalked Jane too in .\n\nquokkas\n"
NBEST = "Tom said hi to Jane\nhi said Tom to Jane\n\nthe room\nroom the\n"


@pytest.fixture(scope="module")
def loaded(ngram):
    return ks.pipelines.load(ngram)


@pytest.fixture(scope="module")
def serving(folder, run, ngram):
    run("export", ngram, folder / "ngram-serving")
    return folder / "ngram-serving"


class TestTrain:
    def test_perplexity_is_that_of_the_token_scores(self, run, folder, ngram_report, ngram):
        scored = run("score", ngram, "--input", "test.txt", "--json").splitlines()
        nats = [-value for line in scored for value in json.loads(line)["log_probabilities"]]
        assert ngram_report["perplexity"] == pytest.approx(math.exp(sum(nats) / len(nats)), rel=1e-6)
        assert (ngram_report["tokens"], ngram_report["split"], ngram_report["model"]) == (len(nats), "test", "ngram")

    def test_the_report_of_an_n_gram_model_says_how_sparse_it_is(self, folder, ngram_report):
        rows = ngram_report["orders"]
        assert [row["order"] for row in rows] == [1, 2, 3]
        texts = [["<s>", *line.split(), "</s>"] for line in (folder / "train.txt").read_text().splitlines()]
        seen = {pair for text in texts for pair in pairwise(text)}
        assert rows[1]["types"] == len(seen)
        tests = [["<s>", *line.split(), "</s>"] for line in (folder / "test.txt").read_text().splitlines()]
        pairs = [pair for text in tests for pair in pairwise(text)]
        assert rows[1]["unseen"] == pytest.approx(sum(pair not in seen for pair in pairs) / len(pairs))

    def test_a_person_gets_that_as_a_table(self, run):
        files = ["--train", "train.txt", "--valid", "valid.txt", "--no-tracking", "--output", "long"]
        out = run("train", "language-model", *files, "--set", "kind=ngram", "order=60").splitlines()
        assert out[0] == "valid split, 40 sentences"
        assert out[1].startswith("perplexity: ")
        (title,) = (place for place, line in enumerate(out) if line.split()[:3] == ["order", "types", "bytes"])
        assert [line.split()[0] for line in out[title + 1 : title + 4]] == ["1", "2", "3"]
        assert re.fullmatch(r"no n-grams of orders \d\d to 60", out[-2])

    def test_the_last_tenth_is_held_out_for_validation(self, run, caplog):
        files = ["--train", "train.txt", "--no-tracking", "--output", "held"]
        out = run("train", "language-model", *files, "--set", "kind=ngram", "order=1")
        assert out.startswith("valid split, 24 sentences\n")

    def test_blank_lines_count_where_asked(self, run, folder):
        (folder / "verse.txt").write_text("a b\n\nb a\n\na a\n")
        files = ["--train", "verse.txt", "--valid", "verse.txt", "--no-tracking", "--output", "verse", "--json"]
        for options, sentences in ([], 3), (["--blank-lines"], 5):
            out = run("train", "language-model", *files, *options, "--set", "kind=ngram", "order=2")
            assert json.loads(out)["sentences"] == sentences

    def test_tokens_are_split_by_the_rule(self, run, folder):
        files = ["--train", "train.txt", "--valid", "valid.txt", "--no-tracking", "--output", "letters"]
        run("train", "language-model", *files, "--tokens", "char", "--set", "kind=ngram", "order=2")
        assert ks.pipelines.load(folder / "letters").score("hi").tokens == ["h", "i", "</s>"]

    @pytest.mark.parametrize("kind", ["rnn", "nnlm", "ngram"])
    def test_set_help_lists_the_hyperparameters_of_the_kind(self, run, kind):
        lines = run("train", "language-model", "--set", f"kind={kind}", "help").splitlines()
        config = ks.pipelines.LANGUAGE_MODELS[kind].config_type
        assert {line.split()[0] for line in lines[:-1]} == {field.name for field in dataclasses.fields(config)}
        assert lines[-1].startswith("kind can also be ")

    def test_the_default_corpus_and_directory_are_said(self, capsys):
        with pytest.raises(SystemExit):
            parser().parse_args(["train", "--help"])
        said = " ".join(capsys.readouterr().out.split()).replace("- ", "-")
        assert "ticket-desk for sequence-labeling, ticket-desk for classification, jane for language-model" in said
        assert "models/jane-rnn" in said

    def test_a_recurrent_model_is_evaluated_as_it_was_trained(self, run, rnn):
        found = json.loads(run("evaluate", rnn, "--test", "test.txt", "--json"))
        assert found["sentences"] == 40
        assert 1 < found["perplexity"] < len(ks.pipelines.load(rnn).text)


class TestEvaluate:
    def test_the_figures_are_those_of_training(self, run, ngram, ngram_report):
        found = json.loads(run("evaluate", ngram, "--test", "test.txt", "--json"))
        assert found == {name: ngram_report[name] for name in found}

    def test_a_person_gets_lines(self, run, ngram):
        first = [line.partition(":")[0] for line in run("evaluate", ngram, "--test", "test.txt").splitlines()]
        assert first == ["perplexity", "perplexity without oov", "sentences", "tokens", "unknown tokens"]

    def test_infinity_is_null_in_json_and_a_note_says_so(self, run, folder):
        (folder / "odd.txt").write_text("quokkas walked\n")
        options = ["--train", "train.txt", "--valid", "odd.txt", "--no-tracking", "--output", "mle", "--json"]
        out = run("train", "language-model", *options, "--set", "kind=ngram", "smoothing=mle", "order=2")
        found = json.loads(out, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
        assert found["perplexity"] is None
        assert "perplexity: inf, null in JSON" in found["notes"]


class TestScore:
    def test_a_line_in_is_a_log_probability_and_the_line_out(self, run, ngram, loaded):
        rows = [line.partition("\t") for line in run("score", ngram, typed=LINES).splitlines()]
        assert [text for _, _, text in rows] == LINES.splitlines()
        expected = [scored.log_probability for scored in loaded.score(LINES.splitlines())]
        assert [float(value) for value, _, _ in rows] == pytest.approx(expected, abs=5e-5)

    def test_json_has_every_token(self, run, ngram, loaded):
        found = [json.loads(line) for line in run("score", ngram, "--json", typed=LINES).splitlines()]
        assert found == [scored.as_dict() for scored in loaded.score(LINES.splitlines())]

    def test_log_0_is_null_in_json(self, run, folder):
        out = run("score", folder / "mle", "--json", typed="quokkas\n")
        found = json.loads(out, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
        assert found["log_probability"] is None
        assert run("score", folder / "mle", typed="quokkas\n") == "-inf\tquokkas\n"

    def test_a_page_has_every_text(self, run, folder, ngram):
        run("score", ngram, "--html", "page.html", typed=LINES)
        page = (folder / "page.html").read_text()
        assert page.count("<p>") == 4
        assert "quokkas</span>" in page

    def test_a_picture_has_one_text(self, run, folder, ngram):
        run("score", ngram, "--png", "picture.png", typed="Jane walked in\n")
        assert (folder / "picture.png").read_bytes().startswith(b"\x89PNG")

    def test_predict_says_the_same(self, run, ngram):
        assert run("predict", ngram, typed=LINES) == run("score", ngram, typed=LINES)

    @pytest.mark.parametrize("command", ["predict", "score"])
    def test_an_export_says_the_same(self, run, ngram, serving, command):
        assert run(command, serving, typed=LINES) == run("score", ngram, typed=LINES)
        assert run(command, serving / "1", "--json", typed=LINES) == run("score", ngram, "--json", typed=LINES)

    def test_an_export_of_a_recurrent_model_says_the_same(self, run, folder, rnn):
        run("export", rnn, folder / "rnn-serving")
        texts = LINES.splitlines()
        theirs, ours = ServedLanguageModel(folder / "rnn-serving").score(texts), ks.pipelines.load(rnn).score(texts)
        for one, other in zip(theirs, ours, strict=True):
            assert one.tokens == other.tokens
            assert one.log_probabilities == pytest.approx(other.log_probabilities, abs=1e-5)


class TestRank:
    def test_groups_come_out_best_first(self, run, ngram, loaded):
        first, second = run("rank", ngram, typed=NBEST).split("\n\n")
        for found, given in zip((first, second), NBEST.split("\n\n"), strict=True):
            expected = loaded.rank(given.splitlines())
            rows = [line.split("\t") for line in found.splitlines()]
            assert [text for _, text in rows] == [scored.text for scored in expected]
            assert [float(value) for value, _ in rows] == pytest.approx(
                [scored.log_probability for scored in expected], abs=5e-5
            )

    @pytest.mark.parametrize("weight", [0, 0.3, 2])
    def test_first_scores_count_beside_the_weighed_log_probability(self, run, ngram, loaded, weight):
        texts, first = ["Tom said hi to Jane", "hi said Tom to Jane", "Tom Tom"], [-9.5, -1e0, -4]
        typed = "".join(f"{score}\t{text}\n" for score, text in zip(first, texts, strict=True))
        (line,) = run("rank", ngram, "--weight", weight, "--json", typed=typed).splitlines()
        found = json.loads(line)["candidates"]
        totals = {
            text: score + weight * loaded.score(text).log_probability for text, score in zip(texts, first, strict=True)
        }
        assert [each["text"] for each in found] == sorted(texts, key=totals.get, reverse=True)
        for each in found:
            assert each["total"] == pytest.approx(totals[each["text"]])
            assert each["first_score"] == first[texts.index(each["text"])]

    def test_equal_ones_stay_in_their_order(self, run, ngram):
        out = run("rank", ngram, "--weight", 0, typed="b\na\nc\n")
        assert [line.partition("\t")[2] for line in out.splitlines()] == ["b", "a", "c"]

    def test_a_text_may_hold_tabs_and_be_empty(self, run, ngram):
        out = run("rank", ngram, "--weight", 0, typed="-1\ta\tb\n-2\t\n")
        assert out == "-1.0000\ta\tb\n-2.0000\t\n"

    def test_files_may_end_in_blank_lines_and_be_empty(self, run, folder, ngram):
        (folder / "nbest").write_text(NBEST + "\n\n\n")
        assert run("rank", ngram, "--input", "nbest", "--output", "ranked") == ""
        assert (folder / "ranked").read_text() == run("rank", ngram, typed=NBEST)
        assert run("rank", ngram) == ""

    def test_many_groups_stay_apart(self, run, ngram):
        typed = "\n\n".join(f"in {number}\n{number} in" for number in range(120))
        groups = run("rank", ngram, typed=typed).split("\n\n")
        for number, group in enumerate(groups):
            assert sorted(line.partition("\t")[2] for line in group.splitlines()) == sorted(
                [f"in {number}", f"{number} in"]
            )
        assert len(groups) == 120

    def test_an_export_ranks_too(self, run, ngram, serving):
        assert run("rank", serving, typed=NBEST) == run("rank", ngram, typed=NBEST)


class TestGenerate:
    def test_options_are_those_of_python(self, run, ngram, loaded):
        options = ["--temperature", 0.7, "--top-k", 5, "--top-p", 0.9, "--length", 7, "--seed", 3, "--samples", 2]
        how = {"temperature": 0.7, "top_k": 5, "top_p": 0.9, "length": 7, "seed": 3}
        expected = loaded.generate("Jane", samples=2, **how)
        assert run("generate", ngram, "--prompt", "Jane", *options).splitlines() == expected

    def test_a_beam_has_its_own(self, run, ngram, loaded):
        options = ["--method", "beam", "--beams", 3, "--length-penalty", 0.5, "--length", 9]
        expected = loaded.generate(method="beam", beams=3, length_penalty=0.5, length=9)
        assert run("generate", ngram, *options) == f"{expected}\n"

    def test_json_is_an_object_for_each_text(self, run, ngram, loaded):
        out = run("generate", ngram, "--prompt", "Tom", "--samples", 3, "--json")
        texts = loaded.generate("Tom", samples=3)
        assert [json.loads(line) for line in out.splitlines()] == [{"prompt": "Tom", "text": text} for text in texts]

    @pytest.mark.parametrize("kind", ["ngram", "rnn"])
    def test_a_person_sees_it_come(self, terminal, request, kind):
        model = request.getfixturevalue(kind)
        code, out = terminal("generate", model, "--prompt", "Jane", "--length", 6, "--seed", 1, looks_on=True)
        expected = ks.pipelines.load(model).generate("Jane", length=6, seed=1)
        assert (code, out.getvalue()) == (0, f"{expected}\n")
        assert out.pieces[0] == "Jane"
        assert len([piece for piece in out.pieces if piece.strip()]) == len(expected.split())

    def test_a_person_sees_several_or_a_beam_at_once(self, terminal, ngram):
        for options in ["--samples", "2"], ["--method", "beam"]:
            code, out = terminal("generate", ngram, "--length", 4, *options, looks_on=True)
            assert code == 0
            assert out.getvalue().endswith("\n")

    def test_unknown_words_of_a_prompt_are_said_and_the_text_goes_on(self, shell, ngram):
        done = shell("generate", "ngram", "--prompt", "quokkas run", "--length", "3")
        assert done.returncode == 0
        assert done.stderr.decode() == "prompt: 2 of 2 tokens are unknown, the first is 'quokkas'\n"
        assert done.stdout.decode().startswith("quokkas run")

    def test_voices_become_music(self, run, folder):
        piece = text_from_voices([[72, 67, 60, 48], [72, 65, 60, -1]] * 8)
        (folder / "voices.txt").write_text(f"{piece}\n" * 3)
        files = ["--train", "voices.txt", "--valid", "voices.txt", "--no-tracking", "--output", "voices"]
        run("train", "language-model", *files, "--set", "kind=ngram", "order=4", "smoothing=mle")
        text = run("generate", "voices", "--midi", "tune.mid", "--length", 10)  # ends within the third step
        steps = voices_from_text(" ".join(text.split()[:8]))
        assert read_midi(folder / "tune.mid").frames == frames_from_voices(steps).frames


@pytest.fixture(scope="module")
def music(run, folder):
    """A model of frames, trained from one JSON file, and what was said."""
    pieces = [[[60, 64], [62, 65], []] * 4] * 4
    (folder / "music.json").write_text(json.dumps({"train": pieces, "valid": pieces[:2], "test": pieces[:1]}))
    options = "kind=frames units=8 epochs=1 batch_size=2".split()
    return run(
        "train", "language-model", "--train", "music.json", "--no-tracking", "--output", "music", "--set", *options
    )


class TestMusic:
    def test_a_file_has_all_splits(self, music):
        assert music.startswith("test split, 1 pieces\n")

    def test_steps_are_prompts_and_results_and_become_midi(self, run, folder, music):
        options = ["--prompt", "60+64 62", "--length", 3, "--seed", 1, "--voices", 2]
        text = run("generate", "music", *options, "--midi", "frames.mid").strip()
        assert text.startswith("60+64 62 ")
        assert len(text.split()) == 5
        found = read_midi(folder / "frames.mid", step=1).frames
        assert " ".join("+".join(map(str, step)) or "-" for step in found) == text

    def test_lines_of_steps_are_scored_and_ranked_and_exported(self, run, folder, music):
        typed = "60+64 62+65 -\n61 61 61\n"
        scored = run("score", "music", typed=typed)
        assert [line.partition("\t")[2] for line in scored.splitlines()] == typed.splitlines()
        run("export", "music", folder / "music-serving")
        assert run("predict", "music-serving", typed=typed) == scored
        expected = sorted(
            ks.pipelines.load(folder / "music").score(typed.splitlines()), key=lambda each: -each.log_probability
        )
        ranked = [line.partition("\t")[2] for line in run("rank", "music", typed=typed).splitlines()]
        assert ranked == [each.text for each in expected]


class TestArpa:
    def test_there_and_back_is_the_same_model(self, run, ngram):
        said = run("arpa", ngram, "model.arpa.gz")
        assert said.endswith("ARPA: model.arpa.gz\n")
        assert run("arpa", "model.arpa.gz", "back") == said.replace("ARPA: model.arpa.gz", "model: back")
        one, other = (
            [float(line.split("\t")[0]) for line in run("score", model, typed=LINES).splitlines()]
            for model in (ngram, "back")
        )
        assert one == pytest.approx(other, abs=1e-3)

    def test_words_of_the_corpus_that_the_format_keeps_for_itself_are_spelt_otherwise(self, run, folder):
        (folder / "unk.txt").write_text("a <unk> b\nb a <unk>\n")
        files = ["--train", "unk.txt", "--valid", "unk.txt", "--no-tracking", "--output", "unk"]
        run("train", "language-model", *files, "--set", "kind=ngram", "order=2")
        run("arpa", "unk", "unk.arpa", "--spell", "<unk>=<rare>")
        assert re.search(r"^\S+\t<rare>", (folder / "unk.arpa").read_text(), re.MULTILINE)
        run("arpa", "unk.arpa", "unk-back", "--spell", "<unk>=<rare>", "--tokens", "word")
        found = ks.pipelines.load(folder / "unk-back")
        assert "<unk>" in found.text.vocabulary.tokens
        assert found.text.tokenizer.rule == "word"


class TestMix:
    def test_the_mixture_is_at_least_as_good_as_either_on_what_it_was_fitted_on(self, run, ngram, rnn):
        files = ["--train", "train.txt", "--valid", "valid.txt"]
        out = json.loads(run("mix", ngram, rnn, *files, "--output", "mixed", "--json"))
        each = [json.loads(run("evaluate", model, "--test", "valid.txt", "--json")) for model in (ngram, rnn)]
        assert out["perplexity"] <= min(found["perplexity"] for found in each) + 1e-3
        assert (out["split"], out["model"]) == ("valid", "mixed")
        again = json.loads(run("evaluate", "mixed", "--test", "valid.txt", "--json"))
        assert again["perplexity"] == pytest.approx(out["perplexity"], rel=1e-5)

    def test_it_scores_and_generates_as_others_do(self, run):
        assert run("score", "mixed", typed="Jane walked\n").endswith("\tJane walked\n")
        assert run("generate", "mixed", "--length", 3).strip()


@pytest.fixture(scope="module")
def names(folder):
    """A model of words that follow from a label, and its export."""
    corpus = ks.datasets.Corpus.from_texts([("aba", "a"), ("bab", "b")] * 8, tokens="char", name="names")
    options = {"cell": "elman", "units": 8, "layers": 1, "epochs": 2, "batch_size": 4}
    model = ks.pipelines.RecurrentLanguageModel(condition=True, context="sentence", **options)
    model.fit(corpus, tracking=None, progress=False)
    model.save(folder / "names")
    model.export(folder / "names-serving")
    return model


class TestCondition:
    @pytest.mark.parametrize("label", ["a", "b", None])
    def test_a_label_counts_in_every_command_and_in_the_export(self, run, names, label):
        options = ["--condition", label] if label else []
        expected = names.score("ab", label).log_probability
        for command, place in ("score", "names"), ("score", "names-serving"), ("rank", "names"):
            out = run(command, place, *options, typed="ab\n")
            assert float(out.split("\t")[0]) == pytest.approx(expected, abs=1e-4)
        found = run("generate", "names", *options, "--length", 4)
        assert found == f"{names.generate('', label, length=4)}\n"

    def test_predict_feeds_no_label(self, run, names):
        assert run("predict", "names-serving", typed="ab\n") == run("score", "names", typed="ab\n")
