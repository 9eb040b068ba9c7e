"""A pipeline as an MLflow model; MLflow runs this file, the package never imports it."""

import json
from typing import Any

import mlflow

import keras_seq


class PipelineModel(mlflow.pyfunc.PythonModel):
    """Texts in, one JSON object each out."""

    def load_context(self, context: Any) -> None:
        self.pipeline = keras_seq.pipelines.load(context.artifacts["pipeline"])

    def predict(self, context: Any, model_input: list[str]) -> list[str]:
        results = self.pipeline.predict(list(model_input))
        return [json.dumps(result.as_dict(), ensure_ascii=False) for result in results]


mlflow.models.set_model(PipelineModel())
