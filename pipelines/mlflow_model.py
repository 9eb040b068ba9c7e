"""A pipeline as an MLflow model; MLflow runs this file, the package never imports it."""

from typing import Any

import mlflow

import keras_seq
from keras_seq.pipelines.strict_json import to_json


class PipelineModel(mlflow.pyfunc.PythonModel):
    """Texts in, one JSON object each out."""

    def load_context(self, context: Any) -> None:
        self.pipeline = keras_seq.pipelines.load(context.artifacts["pipeline"])

    def predict(self, context: Any, model_input: list[str]) -> list[str]:
        return [to_json(result.as_dict()) for result in self.pipeline.predict(list(model_input))]


mlflow.models.set_model(PipelineModel())
