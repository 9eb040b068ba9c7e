"""What does it cost that glibc gives memory back after every step? A labeller's epoch with and without `keep_memory`.

    python benchmarks/memory.py
    python benchmarks/memory.py --data ticket-desk --sentences 1000 --rounds 2

Each round trains twice, each time in a process of its own: as a program that imports keras_seq does, and as the command
`keras-seq` does. Timed is the third epoch; page faults are those of the same epoch, memory is the most that the process had.
Reported are the ratios of the rounds.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from itertools import islice

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def measured(data: str, sentences: int, keep: bool) -> dict[str, float]:
    """Seconds and page faults of an epoch, and the process' memory in MB."""
    if keep:
        from keras_seq.memory import keep_memory

        keep_memory()
    import keras

    import keras_seq as ks

    corpus = ks.datasets.load(data)
    examples = list(islice(corpus.train, sentences))
    corpus = ks.datasets.Corpus(data, examples, examples[:10], (), corpus.tokens, tagging=corpus.tagging)
    seen = []

    def look(epoch, logs):
        seen.append((time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)))

    labeler = ks.pipelines.SequenceLabeler(bigrams=True, batch_size=64, epochs=3)
    labeler.fit(corpus, None, False, [keras.callbacks.LambdaCallback(on_epoch_end=look)])
    (start, before), (end, after) = seen[-2:]
    return {
        "seconds": end - start,
        "faults": after.ru_minflt - before.ru_minflt,
        "megabytes": after.ru_maxrss / 1024,
    }


def main() -> None:
    """Rounds of two processes each, or one of them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", metavar="NAME", default="msra")
    parser.add_argument("--sentences", type=int, metavar="N", default=4000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", choices=["kept", "given-back"], help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measured(given.data, given.sentences, given.one == "kept")))
        return
    for number in range(1, given.rounds + 1):
        found = {}
        for how in ("given-back", "kept"):
            words = [sys.executable, __file__, "--data", given.data, "--sentences", str(given.sentences), "--one", how]
            answer = subprocess.run(words, capture_output=True, text=True, check=True).stdout
            found[how] = json.loads(answer.splitlines()[-1])
        ratio = found["given-back"]["seconds"] / found["kept"]["seconds"]
        each = "; ".join(
            f"{how}: {row['seconds']:.1f} s, {row['faults']:,} page faults, {row['megabytes']:.0f} MB"
            for how, row in found.items()
        )
        print(f"round {number}: kept is {ratio:.2f} times as fast ({each})", flush=True)


if __name__ == "__main__":
    main()
