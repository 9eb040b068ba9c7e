"""The public names, in one place: a name that comes or goes is a decision, and CHANGELOG.md says so."""

import importlib
import types

import pytest

PUBLIC = {
    "keras_seq": [
        "__version__",
        "datasets",
        "layers",
        "pipelines",
    ],
    "keras_seq.datasets": [
        "Arpa",
        "ArpaTable",
        "BadRecord",
        "Batches",
        "ColumnFile",
        "ConlluFile",
        "Constraints",
        "Corpus",
        "DataFile",
        "Examples",
        "Frames",
        "InputError",
        "LabeledLines",
        "LabeledSequence",
        "MaskedExamples",
        "NamedCorpus",
        "Plan",
        "Ragged",
        "RaggedWriter",
        "SlotFiles",
        "Span",
        "Text",
        "TextFile",
        "allowed",
        "check_examples",
        "check_tag",
        "constraints",
        "convert",
        "corpora",
        "download",
        "find",
        "frames_from_voices",
        "hold_out",
        "irregular",
        "jane",
        "lines",
        "load",
        "read_arpa",
        "read_columns",
        "read_conllu",
        "read_frames",
        "read_labeled",
        "read_midi",
        "read_slots",
        "read_text",
        "read_voices",
        "spans",
        "tags_from_spans",
        "text_from_voices",
        "ticket_desk",
        "voices_from_text",
        "write_arpa",
        "write_file",
        "write_midi",
    ],
    "keras_seq.layers": [
        "AdaptiveSoftmax",
        "Attention",
        "AttentionPooling",
        "BackoffModel",
        "BernoulliLoss",
        "Bidirectional",
        "CELLS",
        "CRF",
        "Cell",
        "CharacterConvolution",
        "END",
        "END_ID",
        "ESTIMATORS",
        "ElmanCell",
        "GRUCell",
        "IGNORED",
        "JordanCell",
        "LSTMCell",
        "LabelSoftmax",
        "MaskedMaxPooling",
        "MaskedMeanPooling",
        "NgramLookup",
        "PADDING",
        "RULES",
        "Recurrence",
        "RecurrentDropout",
        "SCORES",
        "START_ID",
        "SequenceLoss",
        "Stack",
        "TextTokenizer",
        "TextUnits",
        "TokenDropout",
        "TokenEmbedding",
        "TokenEncoder",
        "Tokens",
        "UNITS",
        "UNKNOWN",
        "UNKNOWN_ID",
        "Vocabulary",
        "VocabularySoftmax",
        "arpa_words",
        "bernoulli_nll",
        "count_ngrams",
        "fold",
        "from_arpa",
        "from_keras",
        "kneser_ney",
        "linear_cross_entropy",
        "log_partition",
        "marginals",
        "normalize",
        "path_score",
        "prune_by_count",
        "prune_by_entropy",
        "to_arpa",
        "to_keras",
        "viterbi",
        "with_borders",
    ],
    "keras_seq.pipelines": [
        "ClassScore",
        "Counts",
        "Decoding",
        "Evaluation",
        "Explanation",
        "FrameDecoding",
        "FrameLanguageModel",
        "FrameLanguageModelConfig",
        "FrameScores",
        "GateReading",
        "GradientLens",
        "LANGUAGE_MODELS",
        "LabeledText",
        "LanguageModel",
        "MixtureLanguageModel",
        "MixtureLanguageModelConfig",
        "NgramLanguageModel",
        "NgramLanguageModelConfig",
        "PIPELINES",
        "Pipeline",
        "RecurrentLanguageModel",
        "RecurrentLanguageModelConfig",
        "SavedModelSession",
        "ScoredText",
        "SequenceLabeler",
        "SequenceLabelerConfig",
        "ServedFrameModel",
        "ServedLabeler",
        "ServedLanguageModel",
        "SpanScores",
        "TextSpan",
        "TrainingConfig",
        "TrainingError",
        "WindowLanguageModel",
        "WindowLanguageModelConfig",
        "assignments",
        "check_free",
        "describe",
        "is_artefact",
        "language_model",
        "load",
        "log_figures",
        "mixture",
        "piano_roll",
        "pipeline_type",
        "score_spans",
        "sequence_labeling",
        "served",
        "surprisal_page",
        "tracking_uri",
    ],
}


@pytest.mark.parametrize("package", PUBLIC)
def test_public_names_are_these(package):
    assert sorted(importlib.import_module(package).__all__) == sorted(PUBLIC[package])


@pytest.mark.parametrize("package", PUBLIC)
def test_public_names_exist_and_are_listed(package):
    module = importlib.import_module(package)
    assert not [name for name in module.__all__ if not hasattr(module, name)]
    assert set(module.__all__) <= set(dir(module))


@pytest.mark.parametrize("package", [name for name in PUBLIC if name != "keras_seq"])
def test_public_names_are_ours_and_documented(package):
    """No class or function of another package is handed out as ours, and each says what it is."""
    module = importlib.import_module(package)
    things = [getattr(module, name) for name in module.__all__]
    things = [thing for thing in things if isinstance(thing, type | types.FunctionType)]
    assert not [thing for thing in things if not thing.__module__.startswith("keras_seq.")]
    assert not [thing for thing in things if not thing.__doc__]


def test_unknown_name_is_an_attribute_error():
    import keras_seq

    with pytest.raises(AttributeError, match="no attribute 'transformers'"):
        keras_seq.transformers  # noqa: B018
