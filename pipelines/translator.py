"""Translation: a text in one language to a text in another (English to German, dates to ISO 8601, sentences to trees)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from ..datasets import Batches, Corpus, Examples, InputError, MappedExamples, Parallel
from ..layers import Penalties, TextUnits
from .evaluation import Evaluation
from .network_training import Swap
from .parsing_evaluation import parsing_evaluation
from .pictures import training_curves
from .pipeline import Pipeline, Training
from .raw_text import check_texts
from .supervised_training import plateau
from .translated_text import translate_texts
from .translation_config import TranslationConfig
from .translation_data import Direction, cut, direction, learn_units, pairs_of_ids, shorter
from .translation_errors import translation_errors
from .translation_lengths import length_buckets
from .translation_metrics import bleu_tokenizer, translation_evaluation
from .translation_module import ForcedModule, TranslationModule, seeds
from .translation_network import TranslationNetwork
from .translation_scores import ScoreModule, score_pairs
from .translation_search import Reach, Way
from .translation_training import TranslationTraining

logger = logging.getLogger(__name__)


class Translator(Pipeline):
    """Units of one language (B, S) -> units of another (B, T): encoder, attention, decoder, beam search. Score: BLEU.

    Args:
        **hyperparameters: fields of `TranslationConfig`.

    Raises InputError for an unknown hyperparameter or a value out of range.

    Example: `Translator(units=64).fit(ks.datasets.load("dates")).translate("the fourth of March 2015").translation`

    Reference: Cho et al., 2014; Bahdanau, Cho & Bengio, 2015; Luong, Pham & Manning, 2015.
    """

    task = "translation"
    config_type = TranslationConfig
    source: TextUnits
    target: TextUnits
    languages: tuple[str, str]
    places: tuple[int, int]
    reach: Reach

    def learn(self, corpus: Corpus) -> None:
        which = direction(corpus, self.config)
        source, target = learn_units(corpus, which, self.config)
        ids = shorter(self._columns(corpus.train, which, source, target), self.config.max_length)
        reach = Reach.of(ids["source"].lengths, ids["target"].lengths, self.config.max_length)
        self._assemble(source, target, (which.source.name, which.target.name), which.places, reach)

    @staticmethod
    def _columns(examples: Examples, which: Direction, source: TextUnits, target: TextUnits) -> dict[str, Any]:
        return dict(zip(("source", "target"), pairs_of_ids(examples, which.places, source, target), strict=True))

    def _assemble(
        self,
        source: TextUnits,
        target: TextUnits,
        languages: tuple[str, str],
        places: tuple[int, int],
        reach: Reach,
    ) -> None:
        self.source, self.target = source, target
        self.languages, self.places, self.reach = languages, places, reach

    def documents(self) -> dict[str, Any]:
        units = {"source": self.source, "target": self.target}
        return {
            "languages": list(self.languages),
            "places": list(self.places),
            "reach": list(self.reach),
            **{side: {"tokens": u.tokenizer.rule, "words": u.vocabulary.tokens[3:]} for side, u in units.items()},
        }

    def restore(self, documents: dict[str, Any]) -> None:
        c = self.config
        source, target = (
            TextUnits(documents[side]["words"], documents[side]["tokens"], unit, lowercase)
            for side, unit, lowercase in (
                ("source", c.source_unit, c.lowercase),
                ("target", c.target_unit, False),
            )
        )
        languages, places = tuple(documents["languages"]), tuple(documents["places"])
        self._assemble(source, target, languages, places, Reach(*documents["reach"]))

    def network(self) -> keras.Model:
        network = TranslationNetwork(len(self.source), len(self.target), self.config, name="translation")
        self.model = network
        self._forced = ForcedModule(network)
        self._modules: dict[Way, TranslationModule] = {}
        self._scores: ScoreModule | None = None
        return network

    def training(self, corpus: Corpus) -> Training:
        c = self.config
        columns = dict(zip(("source", "target"), self._ids(corpus.train), strict=True))
        train = Batches(shorter(columns, c.max_length), c.batch_size, seed=c.seed)
        valid = self.batches(corpus.valid)
        network: Any = self._trained()
        network.start_from(np.bincount(columns["target"].values, minlength=len(self.target)).astype(np.float32))
        model = TranslationTraining(network, train.steps * c.epochs)
        model.compile(optimizer=self._optimizer(train.steps * c.epochs))
        model.optimizer.build(network.trainable_variables)
        stream = train.stream().map(lambda batch: {name: batch[name] for name in ("source", "target")})
        after = [Swap(), *([plateau()] if c.decay == "plateau" else [])]
        greedy = Way("greedy")
        return Training(
            model, stream, train.steps, lambda: self._evaluation(corpus.valid, valid, greedy), [Swap()], after
        )

    def _ids(self, examples: Examples) -> tuple[Any, Any]:
        return pairs_of_ids(examples, self.places, self.source, self.target)

    def batches(self, examples: Examples, seed: int | None = None) -> Batches:
        source, target = self._ids(examples)
        return Batches(
            {"source": cut(source, self.config.max_length), "target": target}, self.config.batch_size, seed=seed
        )

    def criterion(self, evaluation: Evaluation) -> float:
        """What `criterion` names; minus the perplexity."""
        value = evaluation[self.config.criterion]
        return -value if self.config.criterion == "perplexity" else value

    def describe_criterion(self, value: float) -> str:
        if self.config.criterion in ("exact_match", "bracket_f1"):
            return super().describe_criterion(value)
        return f"{self.config.criterion} {abs(value):.2f}"

    def score_batches(self, examples: Examples, batches: Batches) -> Evaluation:
        return self._evaluation(examples, batches, self._way(), details=True)

    def _evaluation(self, examples: Examples, batches: Batches, way: Way, details: bool = False) -> Evaluation:
        sources, references = ([example.texts[place] for example in examples] for place in self.places)
        found = translate_texts(sources, lambda batch: self._answer(batch, way))
        translations = [each.translation for each in found]
        tokenizer = bleu_tokenizer(self.languages[1], self.target.tokenizer.rule)
        evaluation = translation_evaluation(translations, references, tokenizer)
        if self.config.output == "tree":
            evaluation = parsing_evaluation(sources, translations, references)
        evaluation.update(self._forced_figures(batches))
        if details:
            evaluation.errors = list(translation_errors(sources, references, translations))
            characters = self.source.tokenizer.rule == "char"
            evaluation.lengths = length_buckets(sources, references, translations, tokenizer, characters)
        if truncated := sum(each.truncated for each in found):
            evaluation.notes.append(
                f"longer than max_length={self.config.max_length}, of which the beginning was read: {truncated}"
            )
        return evaluation

    def _forced_figures(self, batches: Batches) -> dict[str, float]:
        """Of the right targets, each unit after the right ones before it."""
        nats, right, count = 0.0, 0, 0
        for batch in batches.epoch(0):
            real = batch["row"] >= 0
            log_p, hits, _ = self._forced.of(batch["source"], batch["target"])
            nats -= float(log_p.numpy()[real].sum())
            right += int(hits.numpy()[real].sum())
            count += int((batch["target"][real] > 0).sum())
        return {"token_accuracy": right / count, "perplexity": float(np.exp(nats / count))}

    def _way(self, n_best: int = 1, **options: Any) -> Way:
        """How translations are searched for: what is given here, else what the configuration has."""
        c = self.config
        usual = {
            "method": "beam",
            "beams": c.beams,
            "length_penalty": c.length_penalty,
            "coverage_penalty": c.coverage_penalty,
        }
        given = {name: value for name, value in options.items() if value is not None}
        way = Way(**{**usual, **given}, n_best=n_best)
        return _checked(way, given)

    def _module(self, way: Way, seed: int = 0) -> TranslationModule:
        generator = seeds(seed) if way.method == "sample" else None
        return TranslationModule(self.source, self.target, self._trained(), self.reach, way, generator)

    def _answer(self, texts: list[str], way: Way) -> dict[str, np.ndarray]:
        module = self._modules[way] if way in self._modules else self._modules.setdefault(way, self._module(way))
        return _arrays(module, texts)

    def translate(
        self,
        texts: str | Sequence[str],
        beam: int | None = None,
        n_best: int | None = None,
        method: str | None = None,
        length_penalty: float | None = None,
        coverage_penalty: float | None = None,
        seed: int = 0,
        **sampling: Any,
    ) -> Any:
        """A `TranslatedText` for one string, a list of them for several.

        Args:
            texts: raw strings.
            beam: N, the hypotheses kept; default: `beams` of the configuration.
            n_best: a number gives so many translations of each text, the best first, as a list in the place of each one.
            method: "beam", "greedy" or "sample".
            length_penalty, coverage_penalty: α and β; default: those of the configuration.
            seed: of what is drawn.
            **sampling: of sample: temperature, top_k, top_p.

        Raises InputError for what is no text, and options that the method has no use for.
        """
        self._trained()
        way = self._way(
            1 if n_best is None else n_best,
            method=method,
            beams=beam,
            length_penalty=length_penalty,
            coverage_penalty=coverage_penalty,
            **sampling,
        )
        if way.method != "sample":
            return translate_texts(texts, lambda batch: self._answer(batch, way), n_best)
        drawing = self._module(way, seed)  # one for all batches: each goes on drawing where the last one ended
        return translate_texts(texts, lambda batch: _arrays(drawing, batch), n_best)

    predict = translate

    def score(self, source: str | Sequence[str], target: str | Sequence[str]) -> Any:
        """How probable given translations are: a `TranslatedText` of each pair, whose translation is the given target.

        Pairs of like length are scored side by side; units that the target's vocabulary lacks count as the unknown one.
        Raises InputError where there are not equally many sources and targets, or one of them is no text.
        """
        self._trained()
        sources, targets = check_texts(source), check_texts(target)
        if len(sources) != len(targets):
            raise InputError(f"score: {len(sources)} sources and {len(targets)} targets, expected equally many")
        found = score_pairs(self._score_module(), sources, targets)
        return found[0] if isinstance(source, str) else found

    def _score_module(self) -> ScoreModule:
        if self._scores is None:
            penalties = Penalties(self.config.length_penalty, self.config.coverage_penalty)
            self._scores = ScoreModule(self.source, self.target, self._forced, self.reach.read, penalties)
        return self._scores

    def pairs(self, examples: Examples) -> Examples:
        """Examples of two texts, source and target, with each where the corpus of training has that language."""

        def placed(pair: Parallel) -> Parallel:
            texts = [""] * (max(self.places) + 1)
            for place, text in zip(self.places, pair.texts, strict=False):
                texts[place] = text
            return Parallel(tuple(texts))

        return MappedExamples(examples, placed)

    def pictures(self, folder: Path, corpus: Corpus) -> dict[str, float]:
        shares = self.config.criterion in ("exact_match", "bracket_f1")
        drawn = ("exact_match", "bracket_f1", "bracket_exact_match", "token_accuracy") if shares else ("bleu", "chrf")
        training_curves(self.history, folder / "curves.png", drawn, shares=shares)
        if self.config.attention != "none":
            first = next(iter(corpus.valid)).texts[self.places[0]]
            self.translate(first).png(folder / "alignment.png")
        return {}

    def serving(self) -> TranslationModule:
        self._trained()
        return self._module(self._way(n_best=self.config.beams))


def _arrays(module: TranslationModule, texts: list[str]) -> dict[str, np.ndarray]:
    return {name: value.numpy() for name, value in module.serve(tf.constant(texts)).items()}


SAMPLING = {"temperature", "top_k", "top_p"}
SEARCHING = {"beams", "length_penalty", "coverage_penalty"}
LEAST = {"beams": 1, "n_best": 1, "temperature": 1e-3, "top_p": 1e-6}  # of others 0


def _checked(way: Way, given: dict[str, Any]) -> Way:
    """Raises InputError for options out of range, and those that the method has no use for."""
    methods: dict[str, set[str]] = {"beam": SEARCHING, "greedy": set(), "sample": SAMPLING}
    if way.method not in methods:
        raise InputError(f"method={way.method!r}: expected one of {', '.join(methods)}")
    if unknown := given.keys() - set(Way._fields):
        raise InputError(f"unknown option {min(unknown)!r}: expected one of {', '.join(sorted(SAMPLING | SEARCHING))}")
    for name in given.keys() - {"method"} - methods[way.method]:
        having = [method for method, names in methods.items() if name in names]
        raise InputError(f"{name}={given[name]} with method={way.method}: expected method={having[0]}")
    for name, value in zip(way._fields[1:], way[1:], strict=True):
        if not LEAST.get(name, 0) <= value < np.inf:
            raise InputError(f"{name}={value}: expected a number of at least {LEAST.get(name, 0)}")
    if way.top_p > 1:
        raise InputError(f"top_p={way.top_p}: expected at most 1")
    if way.n_best > 1 and way.method != "beam":
        raise InputError(f"n_best={way.n_best} with method={way.method}: expected method=beam")
    return way._replace(beams=max(way.beams, way.n_best))
