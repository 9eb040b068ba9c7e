"""The different phrases that are marked in a document, the most probable first, and how good such a list is.

A phrase may stand in several places. With the probability p of each place's span, and taking them for independent,
p(phrase) = 1 - Π (1 - p): that at least one of them is one.

A list is read from its beginning: precision@k = right / min(k, N given), recall@k = right / gold, F1@k their harmonic mean,
each the mean over documents (Meng et al., Deep keyphrase generation, 2017).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from ..datasets import InputError
from .labeled_text import LabeledText, TextSpan, label_spans
from .span_metrics import Counts

CUTS = (5, 10)

Form = Callable[[str], str]


@dataclass(frozen=True)
class KeyPhrase:
    """A phrase as it stands in the text first, its probability, and all its places in the text, in order.

    `form` is what its places have in common: the form of each token, blanks between.
    """

    text: str
    probability: float
    form: str
    places: list[TextSpan]


def ranked_phrases(labeled: LabeledText | Sequence[LabeledText], form: Form = str.lower) -> list[KeyPhrase]:
    """The different phrases among the spans of a text, whatever their label, the most probable first.

    Args:
        labeled: what a labeller says of the text; several labelings of it, as `predict(text, n_best=20)` gives them, offer
            more phrases, and the probability of each stays what it is.
        form: of a token; two phrases whose tokens have the same forms are one. Lower case alone leaves `network` and
            `networks` apart; a stemmer, such as Porter's in the package `snowballstemmer`, makes them one:
            `form=lambda token: stemmer.stemWord(token.lower())`.

    Equally probable phrases stand in the order of the text. Raises InputError for labelings of different texts.

    Example: `[phrase.text for phrase in ranked_phrases(tagger.predict(abstract))[:10]]`
    """
    labelings = [labeled] if isinstance(labeled, LabeledText) else list(labeled)
    if len({labeling.text for labeling in labelings}) > 1:
        raise InputError("labelings of different texts, expected those of one")
    places: defaultdict[str, dict[tuple[int, int], TextSpan]] = defaultdict(dict)
    for labeling in labelings:
        forms = _forms(labeling.tokens, labeling.labels, form, labeling.tagging)
        for key, span in zip(forms, labeling.spans, strict=True):
            places[key].setdefault((span.start, span.end), span)
    phrases = [_phrase(key, [found[place] for place in sorted(found)]) for key, found in places.items()]
    return sorted(phrases, key=lambda phrase: (-phrase.probability, phrase.places[0].start, phrase.places[0].end))


def phrase_forms(
    tokens: Sequence[str], tags: Sequence[str], form: Form = str.lower, tagging: str = "spans"
) -> set[str]:
    """The different phrases that are marked in a document: what `ranked_phrases` calls their form.

    Args:
        tokens, tags: of the document, as a corpus has them.
        form: of a token.
        tagging: whether tags are of "spans", in IOB2, or of "tokens".
    """
    return set(_forms(tokens, tags, form, tagging))


def phrase_figures(
    gold: Iterable[Collection[str]], given: Iterable[Sequence[str]], cuts: Sequence[int] = CUTS
) -> dict[str, float]:
    """The figures of N documents: `precision_at_5`, `recall_at_5`, `f1_at_5`, and so on.

    Args:
        gold: the right phrases of each document. A document without any says nothing of a list, and is left out.
        given: as many lists of phrases, the best first, none of them twice.
        cuts: k, how many from the beginning of a list count.

    `texts_with_phrases` is how many documents counted; all figures are 0 where none did. Raises ValueError where there are
    more lists than documents or fewer.

    Example: `phrase_figures([{"a", "b"}], [["a", "c"]], [5])` has 1/2 three times.
    """
    documents = [(set(right), list(ranked)) for right, ranked in zip(gold, given, strict=True) if right]
    figures: dict[str, float] = {}
    for k in cuts:
        counts = [Counts(len(right & set(ranked[:k])), len(ranked[:k]), len(right)) for right, ranked in documents]
        for name in ("precision", "recall", "f1"):
            figures[f"{name}_at_{k}"] = sum(getattr(each, name) for each in counts) / max(1, len(counts))
    return {**figures, "texts_with_phrases": len(documents)}


def _forms(tokens: Sequence[str], tags: Sequence[str], form: Form, tagging: str) -> list[str]:
    return [" ".join(map(form, tokens[span.start : span.end])) for span in label_spans(tags, tagging)]


def _phrase(form: str, places: list[TextSpan]) -> KeyPhrase:
    missed = math.prod(1 - place.probability for place in places)
    return KeyPhrase(places[0].text, 1 - missed, form, places)
