"""`keras-seq translate`: a line of text in, its translation out; n-best lists, pictures, a language model's say."""

from __future__ import annotations

import math
import os
import stat
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .corpus_options import given, refuse
from .datasets import InputError
from .model_options import (
    check_writable,
    chunks,
    language_model_at,
    of_text,
    single,
    texts_of,
    warn_of_cut,
    write_lines,
)
from .pipelines import ServedTranslator, TranslatedText, Translator, rerank
from .pipelines.progress import counter
from .pipelines.raw_text import text_batches
from .pipelines.strict_json import to_json
from .pipelines.tree_drawing import draw_tree
from .translation_arguments import CANDIDATES, SEARCH
from .translation_options import check_attention, translator_at

DRAWN = "-"  # --plot without a file: a tree in text
OF_SEARCH = ("method", *(name.replace("-", "_") for name, *_ in SEARCH))

Lists = list[list[TranslatedText]]
Ask = Callable[[list[str]], Lists]  # texts -> the translations of each, the best first


def translate(arguments: Namespace) -> None:
    """What a translator or its export makes of each line."""
    check_writable(arguments.output)
    model = translator_at(arguments.model, exports=True)
    _check(arguments, model)
    ask = _reranked(arguments, model) if arguments.rerank else _search(arguments, model)
    if not arguments.plot:
        return _write(arguments, ask, arguments.alignment)
    text = list(single(texts_of(arguments.input), "--plot draws one text"))
    found = ask(text)
    if arguments.plot != DRAWN:
        _plot(found[0][0], arguments.plot)
    _write(arguments, lambda _: found, arguments.alignment, iter(text))
    if arguments.plot == DRAWN:
        print(draw_tree(found[0][0].tree()).rstrip(), flush=True)
    return None


def predict_translations(model: Translator | ServedTranslator, arguments: Namespace) -> None:
    """`keras-seq predict` with a translator: `translate` as it is without further options."""
    wrong = [name for name in ("words", "phrases") if getattr(arguments, name)]
    refuse(arguments, wrong, "with a translator: expected a model of sequence-labeling")
    _write(arguments, lambda texts: model.translate(texts, n_best=arguments.n_best or 1))


def _check(arguments: Namespace, model: Translator | ServedTranslator) -> None:
    """Raises InputError for options that the model, or each other, leave nothing to do."""
    if isinstance(model, ServedTranslator):
        search = "with an export, whose search is part of it: expected a saved model"
        refuse(arguments, (*OF_SEARCH, "rerank"), search)
    if arguments.alignment and not arguments.json:
        raise InputError("--alignment without --json: expected both, or --plot, which draws it")
    if arguments.seed is not None and arguments.method != "sample":
        raise InputError(f"--seed with --method {arguments.method or 'beam'}: expected --method sample")
    _check_reranking(arguments)
    if arguments.plot:
        _check_plot(arguments, model)


def _check_plot(arguments: Namespace, model: Translator | ServedTranslator) -> None:
    trees = isinstance(model, Translator) and model.config.output == "tree"
    if arguments.plot != DRAWN:
        check_attention(model, "--plot")
        check_writable(arguments.plot)
    elif not trees:
        raise InputError("--plot without a file: expected one to draw the alignment to, as in --plot alignment.png")
    elif arguments.json:
        raise InputError("--plot without a file, with --json: expected one of them, the tree is drawn in text")


def _check_reranking(arguments: Namespace) -> None:
    if arguments.weight is not None and not arguments.rerank:
        raise InputError("--weight without --rerank: expected a language model too")
    if not arguments.rerank:
        return
    if arguments.weight is None:
        raise InputError("--rerank without --weight: expected one, keras-seq rerank finds it")
    if not math.isfinite(arguments.weight):
        raise InputError(f"--weight {arguments.weight}: expected a finite number")
    if arguments.method not in (None, "beam"):
        raise InputError(f"--rerank with --method {arguments.method}: expected --method beam, which gives several")


def _search(arguments: Namespace, model: Any) -> Ask:
    """The model's own translations; what is drawn of a chunk of lines is drawn with the seed after that of the one before."""
    options, wanted = given(arguments, OF_SEARCH), {"n_best": arguments.n_best or 1}
    if arguments.method != "sample":
        return lambda texts: model.translate(texts, **wanted, **options)
    first = options.pop("seed", 0)
    asked = iter(range(first, sys.maxsize))
    return lambda texts: model.translate(texts, **wanted, **options, seed=next(asked))


def _reranked(arguments: Namespace, model: Translator) -> Ask:
    """The same of so many candidates, sorted with a language model's say."""
    speaker = language_model_at(arguments.rerank, exports=True)
    if not of_text(speaker):
        raise InputError(f"{arguments.rerank}: a model of music, expected a language model of text")
    wanted = arguments.n_best or 1
    candidates = max(wanted, arguments.beam or CANDIDATES)
    options = given(arguments, OF_SEARCH)
    alpha = options.get("length_penalty", model.config.length_penalty)

    def ask(texts: list[str]) -> Lists:
        found = rerank(model.translate(texts, n_best=candidates, **options), speaker, arguments.weight, alpha)
        return [translations[:wanted] for translations in found]

    return ask


def _plot(translated: TranslatedText, path: str) -> None:
    """Draws what the translation rests on."""
    if not translated.alignment.any():
        raise InputError("--plot: the export is of a translator without attention, expected one with it")
    translated.png(path)


def _write(arguments: Namespace, ask: Ask, alignment: bool = False, texts: Iterator[str] | None = None) -> None:
    """A line or a list of lines for each text; says how many were cut."""
    truncated = 0
    texts = texts_of(arguments.input) if texts is None else texts
    shown = _to_file(arguments.output)
    batches = getattr(arguments, "method", None) != "sample"  # of which each question makes a graph of its own

    def results() -> Iterator[list[TranslatedText]]:
        nonlocal truncated
        with counter("translating", _total(arguments.input) if shown else None, shown) as done:
            for chunk in chunks(texts, arguments.input):
                for found in _batch_by_batch(chunk, ask, done) if batches else ask(chunk):
                    truncated += found[0].truncated
                    yield found

    write_lines(arguments.output, _lines(results(), arguments.json, bool(arguments.n_best), alignment))
    warn_of_cut(truncated)


def _batch_by_batch(texts: list[str], ask: Ask, done: Callable[[int], None]) -> Lists:
    """The same as `ask` for all of them; the bar moves on after each batch."""
    found: Lists = [[] for _ in texts]
    for rows in text_batches(texts):
        for row, translations in zip(rows, ask([texts[row] for row in rows]), strict=True):
            found[row] = translations
        done(len(rows))
    return found


def _to_file(path: str) -> bool:
    """Whether results go to a file, so that nobody sees them come."""
    if path != "-":
        return True
    try:
        return stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)
    except OSError:  # standard output is none of the system's
        return False


def _total(path: str) -> int | None:
    """How many lines there are; None where they can be read only once."""
    return sum(1 for _ in texts_of(path)) if Path(path).is_file() else None


def _lines(
    found: Iterator[list[TranslatedText]], as_json: bool, several: bool, alignment: bool = False
) -> Iterator[str]:
    """A translation a line; of several each after its score, and a blank line between texts."""
    for number, translations in enumerate(found):
        plain = [each.as_dict(alignment) for each in translations] if as_json else []
        if as_json:
            yield to_json({"translations": plain} if several else plain[0])
            continue
        if not several:
            yield _line(translations[0])
            continue
        if number:
            yield ""
        yield from (f"{each.score:.4f}\t{_line(each)}" for each in translations)


def _line(translated: TranslatedText) -> str:
    """The translation; a line break that stands in it is a blank."""
    return " ".join(translated.translation.splitlines())
