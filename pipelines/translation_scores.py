"""How probable given translations are (forced decoding): log P(Y|X) = Σ_t log p(y[t] | y[1..t-1], X)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from ..layers import END, Penalties, TextUnits
from ..layers.beam_scores import BeamScores
from .raw_text import text_batches
from .translated_text import TranslatedText
from .translation_data import ended
from .translation_module import ForcedModule, sources_read

PAIRS = 64  # of one batch: every unit's probability is in memory at every step


class ScoreModule(tf.Module):
    """Pairs of strings in. `of(source (B,), target (B,))` returns what `TranslationModule.serve` does, n = 1, where the
    target is the one translation.

    Args:
        source, target: from strings to ids.
        forced: of the network.
        read: how many units of a source are read.
        penalties: of the score.
    """

    def __init__(
        self, source: TextUnits, target: TextUnits, forced: ForcedModule, read: int, penalties: Penalties
    ) -> None:
        super().__init__()
        self.source, self.target, self.forced = source, target, forced
        self.read, self.penalties = read, penalties
        texts = tf.TensorSpec((None,), tf.string)
        self.of: Callable[..., Any] = tf.function(self._of, input_signature=[texts, texts])

    def _of(self, sources: Any, targets: Any) -> dict[str, Any]:
        dense, given = sources_read(self.source, sources, self.read)
        wanted = ended(self.target(targets))
        log_p, _, weights = self.forced.of(dense, wanted.to_tensor())
        total, lengths = tf.reduce_sum(log_p, axis=1), tf.cast(wanted.row_lengths(), tf.int32)
        scores = BeamScores(self.penalties, None, dense > 0)
        covered = tf.reduce_sum(weights, axis=1)[:, None]
        units = tf.concat([self.target.surfaces(targets), tf.fill([tf.size(targets), 1], END)], axis=1)
        return {
            "translations": targets[:, None],
            "scores": scores.of(total[:, None], lengths[:, None], covered),
            "log_probabilities": total[:, None],
            "finished": tf.ones_like(total[:, None], tf.bool),
            "target_units": units.to_tensor()[:, None],
            "lengths": lengths[:, None],
            "alignment": weights[:, None],
            **given,
        }


def score_pairs(module: ScoreModule, sources: Sequence[str], targets: Sequence[str]) -> list[TranslatedText]:
    """A `TranslatedText` for each pair; pairs of like length are scored side by side."""
    found: dict[int, TranslatedText] = {}
    for rows in text_batches([x + y for x, y in zip(sources, targets, strict=True)], PAIRS):
        columns = [tf.constant([texts[row] for row in rows]) for texts in (sources, targets)]
        answers = {name: value.numpy() for name, value in module.of(*columns).items()}
        for place, row in enumerate(rows):
            found[row] = TranslatedText.of(sources[row], {name: value[place] for name, value in answers.items()})
    return [found[row] for row in range(len(sources))]
