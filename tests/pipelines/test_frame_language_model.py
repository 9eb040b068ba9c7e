"""Music: figures against a loop in NumPy, what is learnt, generation, and files."""

import json

import keras
import mido
import numpy as np
import pytest
import tensorflow as tf

import keras_seq as ks
from keras_seq.datasets import Corpus, Frames, InputError
from keras_seq.pipelines import SavedModelSession, load
from keras_seq.pipelines.frame_config import FrameLanguageModelConfig
from keras_seq.pipelines.frame_language_model import FrameLanguageModel
from keras_seq.pipelines.frame_network import FrameNetwork
from keras_seq.pipelines.frame_scores import FrameScores
from keras_seq.pipelines.frame_served import ServedFrameModel

QUIET = {"tracking": None, "progress": False}
CALM = {"input_dropout": 0.0, "output_dropout": 0.0, "weight_drop": 0.0}


def up_and_down(count, seed, shortest=6):
    """Pieces that walk up or down in thirds, a chord on every third step: what is next is nearly certain."""
    draw = np.random.default_rng(seed)
    pieces = []
    for _ in range(count):
        low, way = int(draw.integers(55, 60)), 1 if draw.random() < 0.5 else -1
        line = [low + 3 * i for i in range(6)][::way]
        pieces.append([(p, p + 12) if at % 3 == 0 else (p,) for at, p in enumerate(line)][: draw.integers(shortest, 7)])
    return pieces


@pytest.fixture(scope="module")
def music():
    """Of one length in training, where each length is compiled by itself; of several in the other splits."""
    return Corpus.from_frames(up_and_down(64, 0), up_and_down(12, 1, 4), up_and_down(15, 2, 4), name="thirds")


OPTIONS = {
    "elman": {"cell": "elman", "activation": "relu", "pitches": "midi", "recurrent_start": "identity"},
    "gru": {"cell": "gru", "layers": 2, "layer_dropout": 0.1, "transpose": 2, "weight_drop": 0.1},
    "lstm": {"cell": "lstm", "pitches": "seen", "margin": 2, "input_dropout": 0.1, "output_dropout": 0.1},
}


@pytest.fixture(scope="module", params=OPTIONS)
def model(request, music):
    """A small model of each cell, which differ in every option."""
    options = {
        "units": 12,
        "epochs": 2,
        "batch_size": 32,
        "learning_rate": 0.02,
        "weight_decay": 1e-4,
        "beats": 0.5,
        "seed": 1,
    }
    return FrameLanguageModel(**options, **OPTIONS[request.param]).fit(music, **QUIET)


@pytest.fixture(scope="module")
def learnt(music):
    """One that has learnt the corpus."""
    options = {"units": 32, "epochs": 50, "learning_rate": 0.02, "pitches": "seen", "batch_size": 8, "seed": 3}
    return FrameLanguageModel(**options, **CALM).fit(music, **QUIET)


def test_the_nll_is_that_of_a_loop_in_numpy(music):
    model = FrameLanguageModel(cell="elman", units=7, layers=2, pitches="seen", epochs=1).fit(music, **QUIET)
    draw = np.random.default_rng(5)
    for variable in model.model.weights:
        variable.assign(draw.normal(scale=0.7, size=variable.shape))
    layers = [[np.float64(w) for w in layer.cell.weights] for layer in model.model.recurrence]
    kernel, bias = (np.float64(w) for w in model.model.head.weights)

    def nlls(piece):
        x, h, found = np.eye(len(model.pitches) + 1)[-1], [np.zeros(7), np.zeros(7)], []
        for step in piece.frames:
            y = np.array([float(model.pitches.low + p in step) for p in range(len(model.pitches))])
            below = x
            for i, (w, u, b) in enumerate(layers):
                below = h[i] = np.tanh(below @ w + h[i] @ u + b)
            p = 1 / (1 + np.exp(-(below @ kernel + bias)))
            found.append(-(y * np.log(p) + (1 - y) * np.log(1 - p)).sum())
            x = np.append(y, 0)
        return found

    expected = [nlls(piece) for piece in music.test]
    found = model.evaluate(music.test)
    assert found["nll_per_frame"] == pytest.approx(np.mean(np.concatenate(expected)), rel=1e-5)
    after = np.concatenate([each[1:] for each in expected])
    assert found["nll_per_frame_after_first"] == pytest.approx(after.mean(), rel=1e-5)
    for scores, each in zip(model.score(list(music.test)), expected, strict=True):
        np.testing.assert_allclose(scores.nlls, each, rtol=1e-4)


def test_what_is_nearly_certain_is_learnt(learnt, music):
    rates = np.zeros(128)  # what the pitches cost where each is predicted by how often it sounds
    frames = [step for piece in music.train for step in piece.frames]
    for step in frames:
        rates[list(step)] += 1 / len(frames)
    rates = rates[rates > 0]
    unigram = -(rates * np.log(rates) + (1 - rates) * np.log(1 - rates)).sum()
    assert learnt.evaluate(music.test)["nll_per_frame"] < unigram / 2
    assert learnt.evaluate(music.test)["accuracy"] > 0.6


def test_the_best_epoch_is_kept(learnt, music):
    assert -learnt.evaluate(music.valid)["nll_per_frame"] == pytest.approx(max(learnt.history["valid_score"]), rel=1e-6)
    assert learnt.describe_criterion(-8.4) == "8.400 nats a frame"


def test_the_same_seed_gives_the_same_weights(music):
    options = {"units": 6, "epochs": 2, "transpose": 2, "output_dropout": 0.3, "weight_drop": 0.2}
    first, again, other = (
        np.concatenate(
            [w.numpy().ravel() for w in FrameLanguageModel(**options, seed=s).fit(music, **QUIET).model.weights]
        )
        for s in (4, 4, 5)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


class TestScores:
    def test_all_ways_of_writing_a_piece_score_alike(self, model):
        line, steps = "60+64 - 62", [(60, 64), (), (62,)]
        one = model.score(line)
        assert one == model.score(steps) == model.score(Frames(tuple(steps))) == model.predict(line)
        assert model.score([line, steps])[1].nlls == pytest.approx(one.nlls, rel=1e-5)
        assert (one.text, len(one.nlls), one.outside) == (line, 3, 0)

    def test_batches_and_padding_change_nothing(self, model, music):
        pieces = [*music.test, "60"]
        for together, alone in zip(model.score(pieces), map(model.score, pieces), strict=True):
            np.testing.assert_allclose(together.nlls, alone.nlls, rtol=1e-4, atol=1e-5)
        mean = np.mean([nll for piece in model.score(list(music.test)) for nll in piece.nlls])
        assert model.evaluate(music.test)["nll_per_frame"] == pytest.approx(mean, rel=1e-5)

    def test_what_follows_is_what_the_next_frame_costs(self, model):
        following = model.score("60 62").following
        assert sorted(following) == list(range(model.pitches.low, model.pitches.high + 1))
        silent = -np.log1p(-np.array(list(following.values()))).sum()
        assert model.score("60 62 -").nlls[-1] == pytest.approx(silent, rel=1e-4)

    def test_a_piece_without_frames_has_no_mean(self, model):
        empty = model.score("")
        assert empty.nlls == []
        assert np.isnan(empty.nll_per_frame)
        assert json.loads(json.dumps(empty.as_dict(), allow_nan=False))["nll_per_frame"] is None

    def test_it_is_read_as_figure_and_line(self):
        scores = FrameScores(Frames(((60,), ())), [1.0, 3.0], 0, {60: 0.5})
        assert str(scores) == "2.0000\t60 -"
        assert scores.log_probability == -4

    @pytest.mark.parametrize("pieces", [["60", "60 C4"], ["60", [(60,), (128,)]]])
    def test_the_piece_and_the_step_at_fault_are_named(self, learnt, pieces):
        with pytest.raises(InputError, match="piece 1, step 2: expected"):
            learnt.score(pieces)

    def test_a_condition_is_refused(self, learnt):
        with pytest.raises(InputError, match="condition='Bach': a model of kind=frames starts from none"):
            learnt.score("60", condition="Bach")


class TestPitchesOutside:
    def test_they_are_counted_and_cost_nothing(self, learnt):
        low = learnt.pitches.low
        found, without = learnt.score([[(low - 1, 60), (127,)], [(60,), ()]])
        assert (found.outside, without.outside) == (2, 0)
        assert found.nlls == pytest.approx(without.nlls)
        figures = learnt.evaluate([Frames(((low - 1, 60), (127,)))])
        assert figures["pitches_outside"] == 2
        assert "2 pitches lie outside" in str(figures)

    def test_those_of_training_are_said(self, music, caplog):
        corpus = Corpus.from_frames([[(5, 60)], [(60, 62)]], [[(60,)]], name="low")
        FrameLanguageModel(units=2, epochs=1).fit(corpus, **QUIET)
        assert "1 pitches of training lie outside 21 to 108 and are not learnt" in caplog.text

    def test_a_prompt_of_them_is_refused(self, learnt):
        with pytest.raises(InputError, match="prompt: 1 of its pitches lie outside"):
            learnt.generate([(60, 127)])


class TestGeneration:
    def test_the_seed_decides(self, model):
        first, again, other = (model.generate("60", length=20, seed=seed, temperature=1.5) for seed in (1, 1, 2))
        assert first == again != other
        assert first.frames[0] == (60,)
        assert len(first.frames) == 21

    def test_from_nothing(self, model):
        assert len(model.generate(length=7).frames) == 7

    def test_samples_differ(self, learnt):
        several = learnt.generate("60", samples=3, length=9, temperature=1.5)
        assert len({piece.frames for piece in several}) == 3

    def test_what_is_certain_goes_on(self, learnt):
        assert learnt.generate("57+69 60 63", method="greedy", length=2).frames[3:] == ((66, 78), (69,))

    def test_the_state_goes_on_as_if_all_were_read_again(self, model):
        how = {"method": "greedy", "temperature": 1.0}
        whole = model.generate("60 62+65", length=6, **how)
        for length in range(2, 8):
            assert model.generate(whole.frames[:length], length=1, **how).frames == whole.frames[: length + 1]

    def test_the_stream_is_the_same_piece(self, model):
        for prompt in ("", "60 62"):
            line = "".join(model.stream(prompt, length=5, seed=3))
            assert line == ks.pipelines.frame_text.text_of(model.generate(prompt, length=5, seed=3))

    @pytest.mark.parametrize(
        ("how", "said"),
        [({"samples": 0}, "samples=0"), ({"beams": 3}, "unknown hyperparameter"), ({"prompt": "C4"}, "prompt, step 1")],
    )
    def test_what_cannot_be_is_refused(self, learnt, how, said):
        with pytest.raises(InputError, match=said):
            learnt.generate(**how)

    def test_a_midi_file_has_the_notes(self, model, tmp_path):
        piece = Frames(((60, 64), (60,), (), (62,)))
        model.write_midi(tmp_path / "tune.mid", piece, tempo=120)
        midi = mido.MidiFile(tmp_path / "tune.mid")
        assert midi.length == pytest.approx(4 * 0.5 * 0.5)  # steps, beats of a step, seconds of a beat
        assert sorted(message.note for message in midi if message.type == "note_on") == [60, 62, 64]
        assert ks.datasets.read_midi(tmp_path / "tune.mid", step=0.5) == piece


class TestFiles:
    def test_a_saved_model_is_the_same(self, model, music, tmp_path):
        model.save(tmp_path / "model")
        copy = load(tmp_path / "model")
        assert type(copy) is FrameLanguageModel
        assert (copy.config, copy.pitches) == (model.config, model.pitches)
        assert copy.evaluate(music.test) == model.evaluate(music.test)
        assert copy.generate("60", seed=2) == model.generate("60", seed=2)

    def test_an_export_answers_as_the_model(self, model, music, tmp_path):
        model.export(tmp_path)
        session = SavedModelSession(tmp_path)
        pieces = [*music.test, Frames(()), Frames(((0, 127), ()))]
        for theirs, ours in zip(ServedFrameModel(session).score(pieces), model.score(pieces), strict=True):
            assert (theirs.piece, theirs.outside) == (ours.piece, ours.outside)
            np.testing.assert_allclose(theirs.nlls, ours.nlls, rtol=1e-5, atol=1e-6)
            np.testing.assert_allclose(list(theirs.following.values()), list(ours.following.values()), atol=1e-6)
        session.close()

    @pytest.mark.parametrize("texts", [[], [""], ["60+x 60+ C4 + -", "\t-\n", "６０ 🎵"]])
    def test_an_export_counts_what_it_cannot_read(self, learnt, tmp_path_factory, texts):
        folder = tmp_path_factory.getbasetemp() / "served-frames"
        if not folder.exists():
            learnt.export(folder)
        found = SavedModelSession(folder)(texts)
        assert {len(value) for value in found.values()} == {len(texts)}
        assert found["lengths"].tolist() == [len(text.split()) for text in texts]
        assert all(np.isfinite(value).all() for value in found.values())
        if len(texts) == 3:
            assert found["outside"].tolist() == [5, 0, 2]

    def test_another_export_is_refused(self, tmp_path):
        module = tf.Module()
        text = tf.TensorSpec((None,), tf.string, name="text")
        module.f = tf.function(lambda text: {"labels": text}, input_signature=[text])
        tf.saved_model.save(module, str(tmp_path), signatures=module.f)
        with pytest.raises(InputError, match="expected an exported language model of kind=frames"):
            ServedFrameModel(tmp_path)

    def test_the_network_survives_serialisation(self):
        network = FrameNetwork(5, FrameLanguageModelConfig(units=3, layers=2, cell="gru"), name="mine")
        copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(network))
        assert copy.get_config() == network.get_config()
        assert [w.shape for w in copy.weights] == [w.shape for w in network.weights]


@pytest.mark.parametrize("examples", [(), (Frames(()),)])
def test_nothing_to_evaluate_is_refused(learnt, examples):
    with pytest.raises(InputError, match="to evaluate, expected at least one"):
        learnt.evaluate(examples)


def test_text_to_evaluate_is_refused(learnt):
    with pytest.raises(InputError, match="kind=frames: examples are Text, expected Frames"):
        learnt.evaluate((ks.datasets.Text("la la"),))
