"""`keras-seq export`, `arpa` and `data`: models and corpora as files that other programs know."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from .corpus_options import refuse
from .datasets import DataFile, InputError, NamedCorpus, corpora, find
from .datasets.named import expected
from .layers.arpa_model import SPECIAL
from .model_options import check_writable, language_model_at
from .pipelines import NgramLanguageModel, check_free, load


def export(arguments: Namespace) -> None:
    """Writes the next version of a SavedModel."""
    version = load(arguments.model).export(arguments.serving)
    print(f"exported: {version}\ntry it: echo TEXT | keras-seq predict {arguments.serving}")


def arpa(arguments: Namespace) -> None:
    """A saved model to an ARPA file; a file to a saved model."""
    spelling = _spelling(arguments.spell)
    if not Path(arguments.source).exists():
        raise InputError(f"{arguments.source}: no such directory or file, expected an n-gram model or an ARPA file")
    if Path(arguments.source).is_dir():
        refuse(arguments, ("tokens",), "with a model: expected it with an ARPA file alone")
        return _write_arpa(arguments.source, arguments.target, spelling)
    target = check_free(arguments.target)
    model = NgramLanguageModel.read_arpa(arguments.source, spelling, arguments.tokens or "whitespace")
    model.save(target)
    print(f"n-grams of orders 1 to {model.table.order}: {_counts(model)}\nmodel: {target}")
    return None


def data(arguments: Namespace) -> None:
    """Corpora by name, and where their files lie, or how to get them."""
    if arguments.name:
        find(arguments.name)  # raises where there is none
    for corpus in corpora():
        if arguments.name in (corpus.name, None):
            places = find(corpus.name)
            print(f"{corpus.name}: {corpus.title}\n  licence: {corpus.licence}\n  source: {corpus.source}")
            for file in corpus.files:
                print(f"  {file.path}: {places[file.path] or _how(corpus, file)}")


def _how(corpus: NamedCorpus, file: DataFile) -> str:
    """How a file that is not on this machine gets here."""
    if file.url:
        return "not here; load downloads it"
    places = " or ".join(map(str, expected(corpus.name, file.path)))
    return f"not here; it is published nowhere as it is: take it from {corpus.source} and put it at {places}"


def _write_arpa(source: str, target: str, spelling: dict[str, str]) -> None:
    model = language_model_at(source)
    if not isinstance(model, NgramLanguageModel):
        raise InputError(f"{source}: a model of kind={model.config.kind}, expected kind=ngram: ARPA holds n-grams")
    check_writable(target)
    words = model.text.vocabulary.tokens[len(SPECIAL) :]
    if clash := next((word for word in SPECIAL if word in words and word not in spelling), None):
        raise InputError(
            f"{source}: {clash} is a word of the corpus, and ARPA keeps that name for itself: "
            f"--spell '{clash}=<{clash.strip('<>/')}-word>' writes the word otherwise"
        )
    model.write_arpa(target, spelling)
    print(f"n-grams of orders 1 to {model.table.order}: {_counts(model)}\nARPA: {target}")


def _counts(model: NgramLanguageModel) -> str:
    return ", ".join(f"{count:,}" for count in model.table.types)


def _spelling(words: list[str]) -> dict[str, str]:
    spelling: dict[str, str] = {}
    for word in words:
        old, _, new = word.partition("=")
        if not (old and new) or old in spelling:
            why = "stands twice" if old in spelling else "is no pair"
            raise InputError(f"--spell {word} {why}: expected WORD=NAME, each word once, as in '<unk>=<rare>'")
        spelling[old] = new
    return spelling
