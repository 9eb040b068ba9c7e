"""What the layers must agree with: padding in every place, label paths one by one, recurrences step by step in NumPy."""

import importlib.util
import itertools
import json
import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

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


LABELS = 3  # of the chains below


def chain(kind):
    """start, transitions, end; constrained: 2 neither first nor after 0, 1 not last, 0 not after itself."""
    rng = np.random.default_rng(6)
    start, transitions, end = rng.normal(size=LABELS), rng.normal(size=(LABELS, LABELS)), rng.normal(size=LABELS)
    if kind == "constrained":
        start[2] = transitions[0, 2] = transitions[0, 0] = end[1] = -np.inf
    return start, transitions, end


@pytest.fixture(params=["free", "constrained"], scope="session")
def problem(request, mask):
    """Emissions (3, T, 3) of float64, the mask, and a chain's start, transitions and end."""
    rng = np.random.default_rng(7)
    return rng.normal(size=(*mask.shape, LABELS)) * 2, mask, *chain(request.param)


def every_padding(length):
    """(5, T) of bool, a row for each kind: none, on the right, on the left, holes, nothing else."""
    t, half = np.arange(length), length // 2
    return np.stack([t >= 0, t < length - half, t >= half, t % 3 != 1, t < 0])


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def relu(a):
    return np.where(a.real > 0, a, 0)


def row(b):
    """A bias (..., G) beside (..., B, G)."""
    return b[..., None, :]


def elman(f):
    def step(x, states, w, u, b, drop=1):
        h = f(x @ w + (states[0] * drop) @ u + row(b))
        return h, [h]

    return step


def lstm(x, states, w, u, b, drop=1):
    h, c = states
    i, f, g, o = np.split(x @ w + (h * drop) @ u + row(b), 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    h = sigmoid(o) * np.tanh(c)
    return h, [h, c]


def gru(x, states, w, u, b, drop=1):
    (h,) = states
    xz, xr, xg = np.split(x @ w + b[..., :1, :], 3, axis=-1)
    hz, hr, hg = np.split((h * drop) @ u + b[..., 1:, :], 3, axis=-1)
    z = sigmoid(xz + hz)
    h = (1 - z) * np.tanh(xg + sigmoid(xr + hr) * hg) + z * h
    return h, [h]


def gru_reset_before(x, states, w, u, b, drop=1):
    (h,) = states
    size = h.shape[-1]
    z, r, g = np.split(x @ w + row(b), 3, axis=-1)
    z, r = sigmoid(z + (h * drop) @ u[..., :size]), sigmoid(r + (h * drop) @ u[..., size : 2 * size])
    h = (1 - z) * np.tanh(g + (r * h * drop) @ u[..., 2 * size :]) + z * h
    return h, [h]


# One step of each cell: (x (B, D), states, *weights) -> (output, new states). A leading axis of anything is a batch of runs.
STEPS = {
    "Elman, tanh": elman(np.tanh),
    "Elman, relu": elman(relu),
    "Elman, sigmoid": elman(sigmoid),
    "Elman, linear": elman(lambda a: a),
    "GRU": gru,
    "GRU, reset before": gru_reset_before,
    "LSTM": lstm,
}


def walk(step, x, mask, states, weights, reverse=False, zone=None):
    """Every output (B, T, H) and the final states: a padded step puts out zeros and keeps the states.

    weights: those of step t, a function. zone: for each state, the share of the new one that each step takes, (T, B, H).
    """
    outputs, times = {}, range(x.shape[-2])
    for t in reversed(times) if reverse else times:
        output, new = step(x[..., t, :], states, *weights(t))
        if zone is not None:
            new = [old + share[t] * (to - old) for old, to, share in zip(states, new, zone, strict=True)]
            output = new[0]
        counts = mask[:, t, None]
        outputs[t] = np.where(counts, output, 0)
        states = [np.where(counts, to, old) for to, old in zip(new, states, strict=True)]
    return [np.stack(np.broadcast_arrays(*(outputs[t] for t in times)), axis=-2), *states]


def slopes(function, upstream, arrays):
    """The gradients, with respect to the arrays, of the function's outputs times what comes upstream.

    By complex steps, which lose nothing to cancellation: f'(a) = Im f(a + ih) / h (Squire & Trapp, 1998). Every entry has
    a run of its own, all of them side by side along a leading axis.
    """
    h, gradients = 1e-30, []
    for place, array in enumerate(arrays):
        moved = array + 1j * h * np.eye(array.size).reshape(array.size, *array.shape)
        outputs = function(*arrays[:place], moved, *arrays[place + 1 :])
        axes = [tuple(range(-d.ndim, 0)) for d in upstream]
        loss = sum((y * d).sum(axis) for y, d, axis in zip(outputs, upstream, axes, strict=True))
        gradients.append((loss.imag / h * np.ones(array.size)).reshape(array.shape))
    return gradients


def by_numpy(step, x, mask, states, weights, upstream, **options):
    """(outputs, gradients of x, of the states, of the weights) of a recurrence over `step`; options as in `walk`."""

    def run(x, *rest):
        return walk(step, x, mask, rest[: len(states)], lambda t: rest[len(states) :], **options)

    arrays = [x, *states, *weights]
    return run(*arrays), slopes(run, upstream, arrays)


@pytest.fixture(scope="session")
def reference():
    """The recurrence in NumPy, float64: `steps` of cells, `walk`, `slopes`, both in one (`run`), `every_padding`."""
    return SimpleNamespace(steps=STEPS, walk=walk, slopes=slopes, run=by_numpy, every_padding=every_padding)


def learner(layer, way):
    """A function (x, mask, states, upstream) -> (outputs, gradients of x, of the states, of the weights) of a layer.

    way: "eager"; "graph"; "compiled", by XLA with everything around it. The layer may compile its passes in the first two.
    """

    def run(x, mask, states, upstream, training=True):
        weights = layer.trainable_variables
        with tf.GradientTape() as tape:
            tape.watch([x, *states])
            outputs = tf.nest.flatten(layer(x, mask=mask, initial_state=states or None, training=training))
            loss = sum(tf.reduce_sum(y * d) for y, d in zip(outputs, upstream, strict=True))
        return outputs, tape.gradient(loss, [x, *states, *weights])

    return run if way == "eager" else tf.function(run, jit_compile=way == "compiled", autograph=False)


@pytest.fixture(name="learner", scope="session")
def learner_of_a_layer():
    """The function `learner`."""
    return learner


@pytest.fixture(scope="session")
def printed_on_jax(root):
    """A function that runs a Python file in a process on JAX and gives the JSON of the last line it prints."""

    def run(path):
        if importlib.util.find_spec("jax") is None:
            pytest.skip("jax is not installed")
        environment = {**os.environ, "KERAS_BACKEND": "jax", "PYTHONPATH": str(root), "JAX_PLATFORMS": "cpu"}
        command = [sys.executable, path]
        done = subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return run
