"""The tasks: data, network and answer; fit, evaluate, predict, explain, save, load, export."""

from .artefact import check_free, is_artefact
from .config import TrainingConfig, assignments, describe
from .evaluation import ClassScore, Evaluation
from .explanation import Explanation
from .labeled_text import LabeledText, TextSpan
from .load import PIPELINES, load
from .pipeline import Pipeline
from .raw_text import ServedLabeler
from .saved_model import SavedModelSession
from .sequence_labeler import SequenceLabeler, SequenceLabelerConfig
from .sequence_labeling import sequence_labeling
from .span_metrics import Counts, SpanScores, score_spans
from .tracking import log_figures, tracking_uri
from .training import TrainingError

__all__ = [
    "PIPELINES",
    "ClassScore",
    "Counts",
    "Evaluation",
    "Explanation",
    "LabeledText",
    "Pipeline",
    "SavedModelSession",
    "SequenceLabeler",
    "SequenceLabelerConfig",
    "ServedLabeler",
    "SpanScores",
    "TextSpan",
    "TrainingConfig",
    "TrainingError",
    "assignments",
    "check_free",
    "describe",
    "is_artefact",
    "load",
    "log_figures",
    "score_spans",
    "sequence_labeling",
    "tracking_uri",
]
