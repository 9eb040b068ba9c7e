"""`keras-seq predict` and `score`: a line of text in, a line out."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from .corpus_options import refuse
from .datasets import InputError
from .datasets.tag_schemes import NO_LABEL
from .model_options import (
    check_language_model,
    check_writable,
    chunks,
    model_at,
    of_text,
    single_text,
    texts_of,
    warn_of_cut,
    write_lines,
)
from .pair_scores import score_pairs
from .pipelines import (
    LabeledText,
    ScoredText,
    SequenceLabeler,
    ServedLabeler,
    ServedTranslator,
    Translator,
    ranked_phrases,
)
from .pipelines.label_set import LabelSet
from .pipelines.strict_json import to_json
from .pipelines.surprisal_page import surprisal_page
from .translate_command import predict_translations


def predict(arguments: Namespace) -> None:
    """What a model or an export says of each line."""
    check_writable(arguments.output)
    model = model_at(arguments.model)
    if isinstance(model, Translator | ServedTranslator):
        return predict_translations(model, arguments)
    _check_labeling(arguments, model)
    texts = chunks(texts_of(arguments.input), arguments.input)
    best = {"n_best": arguments.n_best} if arguments.n_best else {}
    truncated = 0

    def results() -> Iterator[Any]:
        nonlocal truncated
        for chunk in texts:
            for result in model.predict(chunk, **best):
                truncated += getattr(result, "truncated", False)
                yield result

    write_lines(arguments.output, _lines(results(), arguments))
    warn_of_cut(truncated)
    return None


def _lines(results: Iterator[Any], arguments: Namespace) -> Iterator[str]:
    """What `predict` writes of each text."""
    if arguments.phrases:
        return _phrase_lines(results, arguments.json, arguments.phrases)
    if arguments.n_best:
        return _best_lines(results, arguments.json, arguments.words)
    return (_line(result, arguments.json, arguments.words) for result in results)


def _check_labeling(arguments: Namespace, model: Any) -> None:
    """Raises InputError for options that the model, or each other, leave nothing to do."""
    if not isinstance(model, SequenceLabeler | ServedLabeler):
        wrong = [name for name in ("n_best", "words", "phrases") if getattr(arguments, name)]
        refuse(arguments, wrong, "with another model than a labeller: expected a model of sequence-labeling")
    if arguments.n_best and isinstance(model, ServedLabeler):
        raise InputError("--n-best with an export, which gives the best labeling alone: expected a saved model")
    if arguments.words and arguments.json:
        raise InputError("--words and --json: expected one of them, JSON has the spans of all words")
    if arguments.words and arguments.phrases:
        raise InputError("--words and --phrases: expected one of them")
    if isinstance(model, SequenceLabeler):
        _check_spans(arguments, model.labels)


def _check_spans(arguments: Namespace, labels: LabelSet) -> None:
    """Raises InputError where spans are not words, or labels not of spans."""
    if arguments.words and labels.names != [NO_LABEL]:
        names = f"{', '.join(labels.names):.80}"
        raise InputError(f"--words with the labels {names}: expected a labeller of words, whose spans have no label")
    if arguments.phrases and labels.tagging != "spans":
        raise InputError("--phrases with labels of single tokens: expected a labeller of spans")


def _best_lines(found: Iterable[list[LabeledText]], as_json: bool, words: bool) -> Iterator[str]:
    """Of each text its labelings, the best first, each after its probability; a blank line between texts."""
    for number, labelings in enumerate(found):
        if as_json:
            yield to_json({"labelings": [each.as_dict() for each in labelings]})
            continue
        if number:
            yield ""
        yield from (f"{each.probability:.4f}\t{_line(each, False, words)}" for each in labelings)


def _phrase_lines(found: Iterable[LabeledText | list[LabeledText]], as_json: bool, most: int) -> Iterator[str]:
    """Of each text its phrases, the most probable first, each after its probability, or -; a blank line between texts."""
    for number, labeled in enumerate(found):
        phrases = ranked_phrases(labeled)[:most]
        if as_json:
            text = labeled.text if isinstance(labeled, LabeledText) else labeled[0].text
            yield to_json({"text": text, "phrases": [asdict(phrase) for phrase in phrases]})
            continue
        if number:
            yield ""
        yield from [f"{phrase.probability:.4f}\t{phrase.text}" for phrase in phrases] or ["-"]


def score(arguments: Namespace) -> None:
    """The log-probability of each line, and its surprise as a page or a picture."""
    for path in (arguments.output, arguments.html, arguments.png):
        check_writable(path)
    model = model_at(arguments.model)
    if isinstance(model, Translator):
        return score_pairs(model, arguments)
    check_language_model(model, arguments.model, "a language model or a saved translator")
    if not of_text(model):
        refuse(arguments, ("html", "png"), "with a model of music: expected a model of text")
    texts = single_text(arguments.input) if arguments.png else texts_of(arguments.input)
    drawn: list[ScoredText] = []

    def results() -> Iterator[str]:
        for chunk in chunks(texts, arguments.input):
            found = model.score(chunk, arguments.condition)
            drawn.extend(found if arguments.html or arguments.png else ())
            yield from (_line(result, arguments.json) for result in found)

    write_lines(arguments.output, results())
    if arguments.html:
        surprisal_page(drawn, arguments.html)
    if arguments.png:
        drawn[0].png(arguments.png)
    return None


def _line(result: Any, as_json: bool, words: bool = False) -> str:
    if as_json:
        return to_json(result.as_dict())
    if words:
        return " ".join(result.words)
    return f"{result.text}\t{result}" if isinstance(result, LabeledText) else str(result)
