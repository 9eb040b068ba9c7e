"""The tasks: data, network and answer; fit, evaluate, predict, explain, save, load, export."""

from .artefact import check_free, is_artefact
from .base_language_model import LanguageModel
from .baseline import Baseline
from .baselines import baseline_table, baselines, mean_baselines
from .border_metrics import Border, borders, score_borders
from .bracket_scores import BracketScores, brackets, score_brackets
from .calibration import Calibration
from .classification import classification
from .classification_baselines import classification_baselines
from .classification_errors import ClassificationError
from .classified_text import ClassifiedText
from .classifier import Classifier
from .classifier_config import ClassifierConfig
from .config import TrainingConfig, assignments, describe
from .evaluation import ClassScore, Evaluation
from .explanation import Explanation
from .explanation_page import explanation_page
from .frame_config import FrameLanguageModelConfig
from .frame_generation import FrameDecoding
from .frame_language_model import FrameLanguageModel
from .frame_pictures import piano_roll
from .frame_scores import FrameScores
from .frame_served import ServedFrameModel
from .gate_reading import GateReading
from .generation import Decoding
from .gradient_lens import GradientLens
from .key_phrases import KeyPhrase, phrase_figures, phrase_forms, ranked_phrases
from .labeled_text import LabeledText, TextSpan
from .labeling_baselines import labeling_baselines
from .labeling_config import SequenceLabelerConfig
from .labeling_errors import LabelingError, error_listing
from .labeling_measures import MEASURES
from .language_modeling import LANGUAGE_MODELS, language_model
from .load import PIPELINES, load, pipeline_type
from .mixture_language_model import MixtureLanguageModel, MixtureLanguageModelConfig, mixture
from .ngram_language_model import NgramLanguageModel, NgramLanguageModelConfig
from .parsing_evaluation import parsing_evaluation
from .pictures import confusion_matrix
from .pipeline import Pipeline
from .raw_text import ServedLabeler
from .recurrent_config import RecurrentLanguageModelConfig
from .recurrent_language_model import RecurrentLanguageModel
from .repeated import RepeatedRuns, Run, cross_validate, over_seeds
from .reranking import RerankingFit, fit_reranking, rerank
from .saved_model import SavedModelSession
from .scored_text import ScoredText
from .sequence_labeler import SequenceLabeler
from .sequence_labeling import sequence_labeling
from .served import served
from .served_classifier import ServedClassifier
from .served_language_model import ServedLanguageModel
from .served_translator import ServedTranslator
from .span_metrics import Counts, SpanScores, score_spans
from .surprisal_page import surprisal_page
from .text_explanation import TextExplanation
from .tracking import log_figures, tracking_uri
from .training import TrainingError
from .translated_text import TranslatedText
from .translation import translation
from .translation_baselines import translation_baselines
from .translation_config import TranslationConfig
from .translation_errors import TranslationError
from .translation_lengths import LengthBucket, length_table
from .translator import Translator
from .tree_drawing import draw_tree
from .window_language_model import WindowLanguageModel
from .window_network import WindowLanguageModelConfig

__all__ = [
    "LANGUAGE_MODELS",
    "MEASURES",
    "PIPELINES",
    "Baseline",
    "Border",
    "BracketScores",
    "Calibration",
    "ClassScore",
    "ClassificationError",
    "ClassifiedText",
    "Classifier",
    "ClassifierConfig",
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
    "KeyPhrase",
    "LabeledText",
    "LabelingError",
    "LanguageModel",
    "LengthBucket",
    "MixtureLanguageModel",
    "MixtureLanguageModelConfig",
    "NgramLanguageModel",
    "NgramLanguageModelConfig",
    "Pipeline",
    "RecurrentLanguageModel",
    "RecurrentLanguageModelConfig",
    "RepeatedRuns",
    "RerankingFit",
    "Run",
    "SavedModelSession",
    "ScoredText",
    "SequenceLabeler",
    "SequenceLabelerConfig",
    "ServedClassifier",
    "ServedFrameModel",
    "ServedLabeler",
    "ServedLanguageModel",
    "ServedTranslator",
    "SpanScores",
    "TextExplanation",
    "TextSpan",
    "TrainingConfig",
    "TrainingError",
    "TranslatedText",
    "TranslationConfig",
    "TranslationError",
    "Translator",
    "WindowLanguageModel",
    "WindowLanguageModelConfig",
    "assignments",
    "baseline_table",
    "baselines",
    "borders",
    "brackets",
    "check_free",
    "classification",
    "classification_baselines",
    "confusion_matrix",
    "cross_validate",
    "describe",
    "draw_tree",
    "error_listing",
    "explanation_page",
    "fit_reranking",
    "is_artefact",
    "labeling_baselines",
    "language_model",
    "length_table",
    "load",
    "log_figures",
    "mean_baselines",
    "mixture",
    "over_seeds",
    "parsing_evaluation",
    "phrase_figures",
    "phrase_forms",
    "piano_roll",
    "pipeline_type",
    "ranked_phrases",
    "rerank",
    "score_borders",
    "score_brackets",
    "score_spans",
    "sequence_labeling",
    "served",
    "surprisal_page",
    "tracking_uri",
    "translation",
    "translation_baselines",
]
