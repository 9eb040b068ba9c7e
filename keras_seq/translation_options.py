"""What the command line's words about translation mean: a translator, and pairs in its two languages."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from .corpus_options import corpus_and_examples
from .datasets import Corpus, Examples, InputError, MappedExamples, Parallel, ParallelFiles
from .model_options import model_at, what_it_is
from .pipelines import ServedTranslator, Translator, load

ANY = ("source", "target")  # languages of what names none


def translator_at(path: str, exports: bool = False) -> Any:
    """A saved translator, or an export of one where that will do; raises InputError for any other."""
    model = model_at(path) if exports else load(path)
    if not isinstance(model, Translator | ServedTranslator):
        raise InputError(f"{path}: {what_it_is(model)}, expected a translator")
    return model


def check_attention(model: Any, option: str) -> None:
    """Raises InputError for an option that draws attention, where a translator has none."""
    if isinstance(model, Translator) and model.config.attention == "none":
        raise InputError(f"{option} with attention=none: expected a translator with attention")


def pairs_of(arguments: Namespace, translator: Translator, split: str = "test") -> Examples:
    """Examples in the translator's languages: of the files that the option `split` names, or of a named corpus.

    Raises InputError for more than two files or the target first, and for a corpus in other languages.
    """
    corpus, examples = corpus_and_examples(arguments, translator.task, split=split)
    if corpus is None:
        if isinstance(examples, ParallelFiles):
            _check_files(examples, translator, split)
        return translator.pairs(examples)
    source, target = _places(corpus, translator)
    return translator.pairs(MappedExamples(examples, lambda each: Parallel((each.texts[source], each.texts[target]))))


def _check_files(files: ParallelFiles, translator: Translator, split: str) -> None:
    expected = " and ".join(translator.languages)
    if len(files.paths) != 2:
        raise InputError(f"--{split}: expected two files, {expected}, got {len(files.paths)}")
    if files.languages == translator.languages[::-1]:
        raise InputError(f"--{split}: expected {expected} in this order, got {' and '.join(files.languages)}")


def _places(corpus: Corpus, translator: Translator) -> tuple[int, int]:
    """Where a corpus has the translator's languages, by their names; as they stand where one of the two names none."""
    corpus.require(Parallel)
    names = tuple(language.name for language in corpus.languages)
    if set(translator.languages) <= set(names):
        return names.index(translator.languages[0]), names.index(translator.languages[1])
    if len(names) == 2 and ANY in (names, translator.languages):
        return 0, 1
    wanted = " and ".join(translator.languages)
    raise InputError(f"corpus {corpus.name}: languages {', '.join(names)}, expected those of the model, {wanted}")
