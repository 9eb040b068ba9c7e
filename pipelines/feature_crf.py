"""A linear-chain CRF on features that people thought of, without a network (Lafferty, McCallum & Pereira, 2001).

p(y | x) ∝ exp Σ_t (Σ_f w[f, y[t]] + v[y[t-1], y[t]]), f the features that hold at t; w and v maximise

    Σ log p(y | x) - c1 Σ |w| - c2 Σ w²

by L-BFGS (OWL-QN where c1 > 0), as CRFsuite does it (Okazaki, 2007).
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from ..datasets import InputError
from .token_features import TokenFeatures, word_features


class FeatureCRF:
    """Tokens (T) -> the best path of tags (T).

    Args:
        token_features: what holds at each token, `word_features` or `character_features`.
        c1: the weight of Σ |w|, which leaves features out.
        c2: the weight of Σ w².
        iterations: of the search at most.

    Raises InputError where python-crfsuite is not installed.

    Example: `FeatureCRF().fit([["to", "Rome"]], [["O", "B-city"]]).predict([["to", "Oslo"]])`
    """

    def __init__(
        self, token_features: TokenFeatures = word_features, c1: float = 0.1, c2: float = 0.01, iterations: int = 50
    ) -> None:
        self.token_features, self.c1, self.c2, self.iterations = token_features, c1, c2, iterations
        self._crfsuite = _crfsuite()
        self._tagger: Any = None

    def fit(self, tokens: Sequence[Sequence[str]], tags: Sequence[Sequence[str]]) -> Self:
        """Learns the tags of N sentences, of which one at least has a token."""
        parameters = {"c1": self.c1, "c2": self.c2, "max_iterations": self.iterations}
        trainer = self._crfsuite.Trainer("lbfgs", parameters, verbose=False)
        for sentence, right in zip(tokens, tags, strict=True):
            if right:
                trainer.append(self.token_features(sentence), right)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "crf")
            trainer.train(str(path))
            self._model = path.read_bytes()  # the tagger reads from it as long as it lives
        self._tagger = self._crfsuite.Tagger()
        self._tagger.open_inmemory(self._model)
        return self

    @property
    def features(self) -> int:
        """The number of features with a weight."""
        return len(self._tagger.info().attributes)

    def predict(self, tokens: Sequence[Sequence[str]]) -> list[list[str]]:
        """The tags of N sentences."""
        return [self._tagger.tag(self.token_features(sentence)) if sentence else [] for sentence in tokens]


def _crfsuite() -> Any:
    try:
        import pycrfsuite
    except ImportError as error:
        raise InputError("the CRF on features needs python-crfsuite: pip install 'keras-seq[baseline]'") from error
    return pycrfsuite
