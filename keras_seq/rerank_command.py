"""`keras-seq rerank`: the weight of a language model beside a translator, by trying several on a validation split."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from .datasets import InputError
from .model_options import language_model_at, of_text
from .pipelines import RerankingFit, fit_reranking
from .pipelines.evaluation import written
from .pipelines.strict_json import to_json
from .translation_options import pairs_of, translator_at


def rerank(arguments: Namespace) -> None:
    """Shows what each weight reaches, and the best."""
    translator = translator_at(arguments.model)
    model = language_model_at(arguments.language_model, exports=True)
    if not of_text(model):
        raise InputError(f"{arguments.language_model}: a model of music, expected a language model of text")
    pairs = pairs_of(arguments, translator, "valid")
    fit = fit_reranking(translator, model, pairs, arguments.n_best, arguments.measure)
    if arguments.json:
        print(to_json(_plain(fit, arguments, len(pairs))))
        return
    print(f"{len(pairs)} pairs, {arguments.n_best} translations of each\n{_table(fit, arguments.measure)}")
    if fit.weight:
        print(
            f"try it: keras-seq translate {arguments.model} --rerank {arguments.language_model} --weight {fit.weight}"
        )
    else:
        print("no weight is better than none: the translator alone")


def _plain(fit: RerankingFit, arguments: Namespace, pairs: int) -> dict[str, Any]:
    """The same for JSON."""
    name = arguments.measure
    return {
        "weight": fit.weight,
        name: fit.figure,
        f"{name}_alone": fit.alone,
        "tried": [{"weight": weight, name: figure} for weight, figure in fit.tried.items()],
        "pairs": pairs,
        "n_best": arguments.n_best,
    }


def _table(fit: RerankingFit, measure: str) -> str:
    """A line for each weight, a star at the best, and that in words."""
    name = measure.replace("_", " ")
    lines = [f"weight  {name:>11}"]
    for weight, figure in fit.tried.items():
        lines.append(f"{weight:6.2f}  {written(measure, figure):>11}{'  *' * (weight == fit.weight)}")
    best, alone = written(measure, fit.figure), written(measure, fit.alone)
    return "\n".join([*lines, f"best weight: {fit.weight}, {name} {best}; the translator alone: {alone}"])
