"""Does an exported labeller answer as Python's `predict` does?

    python benchmarks/export_equality.py models/atis serving/atis --data atis

Both label every test sentence of the corpus and a thousand strings drawn by seed: half of them corpus text with characters
changed, dropped and doubled, half random Unicode (empty, emoji, right-to-left, up to 10,000 characters). The export runs in
a Session, as a server runs it. Labels must be equal and probabilities within 1e-5; the exit code is 1 where they are not.
"""

import argparse
import random
from collections import Counter

import keras_seq as ks

TOLERANCE = 1e-5
BLOCKS = [
    (0x20, 0x7E),
    (0xA0, 0x24F),
    (0x300, 0x36F),
    (0x5D0, 0x5EA),
    (0x627, 0x64A),
    (0x4E00, 0x9FFF),
    (0x1F300, 0x1FAFF),
]


def perturbed(text: str, draw: random.Random) -> str:
    """The text with about a tenth of its characters changed, dropped or doubled."""
    out = []
    for character in text:
        fate = draw.random()
        if fate < 0.03:
            character = draw.choice(text)
        elif fate < 0.06:
            character = ""
        elif fate < 0.1:
            character *= 2
        out.append(character)
    return "".join(out)


def random_text(draw: random.Random, length: int) -> str:
    """Code points of many scripts, white space and control characters."""
    points = []
    for _ in range(length):
        low, high = draw.choice(BLOCKS)
        points.append(
            chr(draw.randint(low, high)) if draw.random() < 0.85 else draw.choice(" \t\u3000\u200f\u0000ﬁ①㎏")
        )
    return "".join(points)


def texts(examples: list, space: str, seed: int) -> dict[str, list[str]]:
    """The three groups of strings."""
    draw = random.Random(seed)
    sentences = [space.join(example.tokens) for example in examples]
    unicode = ["", " ", "👩‍👩‍👧‍👦", "שלום עולם", "مرحبا بالعالم", random_text(draw, 10_000)]
    unicode += [random_text(draw, draw.randint(0, 60)) for _ in range(500 - len(unicode))]
    return {
        "test sentences": sentences,
        "perturbed": [perturbed(draw.choice(sentences), draw) for _ in range(500)],
        "random Unicode": unicode,
    }


def main() -> int:
    """Prints a line for each group."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("model")
    arguments.add_argument("serving")
    arguments.add_argument("--data", default="ticket-desk")
    arguments.add_argument("--seed", type=int, default=0)
    given = arguments.parse_args()
    corpus = ks.datasets.load(given.data)
    python, served = ks.pipelines.load(given.model), ks.pipelines.ServedLabeler(given.serving)
    wrong = 0
    for name, group in texts(list(corpus.test), "" if corpus.tokens == "char" else " ", given.seed).items():
        differ, distance, seen = 0, 0.0, Counter()
        for a, b in zip(python.predict(group), served.predict(group), strict=True):
            differ += (a.labels, a.offsets, a.label) != (b.labels, b.offsets, b.label)
            pairs = zip(
                [*a.probabilities, a.label_probability or 0], [*b.probabilities, b.label_probability or 0], strict=True
            )
            distance = max(distance, *(abs(p - q) for p, q in pairs))
            seen.update(span.label for span in a.spans)
        wrong += differ > 0 or distance > TOLERANCE
        print(
            f"{name}: {len(group)} strings, {differ} differ, probabilities within {distance:.1e}, {len(seen)} labels occur"
        )
    return int(wrong > 0)


if __name__ == "__main__":
    raise SystemExit(main())
