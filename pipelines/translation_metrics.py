"""How good translations are: BLEU (Papineni et al., 2002) and chrF (Popović, 2015) by sacrebleu, and exact matches.

Reference: Post, A call for clarity in reporting BLEU scores, 2018.
"""

from __future__ import annotations

from collections.abc import Sequence

from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from .evaluation import Evaluation
from .translation_errors import is_exact

CHINESE = ("zh", "cmn", "chinese", "zh-cn", "zh_cn")


def bleu_tokenizer(language: str, rule: str) -> str:
    """sacrebleu's name of how a language is split for BLEU: Chinese by its own rule, text without blanks by characters."""
    if language.lower() in CHINESE:
        return "zh"
    return "char" if rule == "char" else "13a"


def translation_evaluation(translations: Sequence[str], references: Sequence[str], tokenizer: str) -> Evaluation:
    """`bleu` and `chrf`, 0 to 100, and `exact_match`, a share; the notes have sacrebleu's signatures."""
    bleu, chrf = BLEU(tokenize=tokenizer), CHRF()
    figures = {
        "bleu": bleu.corpus_score(translations, [references]).score,
        "chrf": chrf.corpus_score(translations, [references]).score,
        "exact_match": sum(map(is_exact, translations, references)) / len(references),
    }
    return Evaluation(figures, notes=[f"BLEU: {bleu.get_signature()}", f"chrF: {chrf.get_signature()}"])
