"""Sequences with padding in every place, and label paths one by one: what the layers must agree with."""

import itertools

import numpy as np
import pytest

MASKS = {
    "none": [[1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1]],
    "right": [[1, 1, 1, 1], [1, 1, 0, 0], [1, 0, 0, 0]],
    "left": [[0, 0, 1, 1], [0, 1, 1, 1], [0, 0, 0, 1]],
    "holes": [[1, 0, 1, 1], [0, 1, 0, 1], [1, 0, 0, 1]],
    "empty rows": [[0, 0, 0, 0], [1, 1, 0, 1], [0, 0, 0, 0]],
    "one step": [[1], [0], [1]],
}


@pytest.fixture(params=list(MASKS), scope="session")
def mask(request):
    """(3, T) of bool, T = 4 or 1, with padding in every place."""
    return np.array(MASKS[request.param], bool)


def paths(emissions, mask, start, transitions, end):
    """Every label path of one row, (N, T) with 0 on padding, and its score, (N,): all by their definition."""
    steps = np.flatnonzero(mask)
    choices = list(itertools.product(range(len(start)), repeat=len(steps)))
    labels = np.zeros((len(choices), len(mask)), int)
    scores = np.zeros(len(choices))
    for n, choice in enumerate(choices):
        labels[n, steps] = choice
        scores[n] += sum(emissions[t, y] for t, y in zip(steps, choice, strict=True))
        scores[n] += sum(transitions[a, b] for a, b in itertools.pairwise(choice))
        scores[n] += start[choice[0]] + end[choice[-1]] if choice else 0
    return labels, scores


@pytest.fixture(name="paths", scope="session")
def paths_by_enumeration():
    """The function `paths`."""
    return paths
