"""The recurrence with its backward pass written by hand (back-propagation through time; Werbos, 1990).

Forward: one product projects the inputs of all steps; the loop holds the recurrent product and the gates, and keeps the
activated gates once. Backward: the loop runs from the other end and holds one product with Uᵀ; the gradients of the weights are
single products over all steps afterwards. Inference keeps nothing, and under XLA on a CPU each step projects its own inputs.

A *kind* (`FusedElman`, `FusedGRU`, `FusedLSTM`) is the mathematics of one step, both ways:

    project(x, weights)                        x W for all steps, (T, B, G)
    start(weights)                             the weights of a step
    forward(z, states, start, drop)            -> new states, what the way back needs
    step(z + bias(weights), states, weights)   -> new states, where no gradient is asked for
    turn(weights)                              the weights of a step back
    backward(d_states, kept, turn, drop)       -> gradients of the old states, pre-activations' gradients
    gradients(x, weights, kept, dz, drop)      -> gradients of x and of the weights

Shapes there: x (T, B, D), states (B, H), mask (T, B, 1) of bool, zone (T, B, H), drop (B, H). Outside, the batch comes first:
each pass turns its own arrays, so that XLA compiles that too.
"""

from functools import cache
from typing import Any, NamedTuple

from keras import ops

from .fused_cells import FusedLSTM
from .loop import (
    ALWAYS_COMPILED,
    Walk,
    compiled,
    device_kind,
    differentiable,
    inside_compilation,
    lstm_of_one_row,
    scan,
)


class Chain(NamedTuple):
    """One cell on its way over a batch of sequences.

    x: (B, T, D); inside the passes, after `_time_first`, (T, B, D).
    mask: (B, T), inside the passes (T, B, 1): True where a step counts; elsewhere the states stay and the output is zero.
        None: every step counts.
    zone: for each state, the share of the new one that is taken (zoneout; Krueger et al., 2017), or its expectation, a
        number; None takes all.
    drop: what the old h is multiplied by before the recurrent product, the same at every step (Gal & Ghahramani, 2016).
    """

    kind: Any
    reverse: bool
    x: Any
    weights: tuple
    states: tuple
    mask: Any = None
    zone: tuple | None = None
    drop: Any = None


def run(chains, sequences, own_program):
    """(y (B, T, H) or None, final states) of every chain, with the gradient written by hand.

    sequences: whether y is wanted. own_program: whether the backend compiles the two passes by themselves.
    """
    plan, arrays, constants = _apart(chains)
    forward, backward = _programs(plan, sequences, own_program)
    results = differentiable(forward, backward, arrays, constants)
    return [(result[0] if sequences else None, result[-1]) for result in results]


def infer(chains, sequences):
    """As `run`, keeping nothing but what is returned; its gradient is the backend's own."""
    plan, arrays, constants = _apart(chains)
    return _inference(plan, sequences)(arrays, constants)


@cache
def _inference(plan, sequences):
    """The pass for chains of these kinds and directions; compiled, once for each shape, where a loop always is."""

    def forward(arrays, constants):
        results = _infer(_chains(plan, arrays, constants), sequences)
        return [(_swapped(y) if sequences else None, states) for y, states in results]

    return compiled(forward) if ALWAYS_COMPILED else forward


def _infer(chains, sequences):
    """(y (T, B, H) or None, final states) of chains with time first."""
    if not all(map(_has_block, chains)):
        return _loops(chains, sequences)
    batch = chains[0].x.shape[1]
    if batch is not None:
        return _blocks(chains, sequences) if batch == 1 else _loops(chains, sequences)

    def flat(results):
        return [(*_present(output), *states) for output, states in results]

    one = ops.equal(ops.shape(chains[0].x)[1], 1)
    results = ops.cond(one, lambda: flat(_blocks(chains, sequences)), lambda: flat(_loops(chains, sequences)))
    return [(result[0] if sequences else None, tuple(result[-2:])) for result in results]


def _has_block(chain):
    """Whether the backend has one operation for all steps of this chain, if its batch is one sequence."""
    return (
        lstm_of_one_row is not None
        and chain.kind == FusedLSTM(chain.kind.units, "tanh", "sigmoid")
        and chain.zone is None
        and chain.x.dtype == "float32"
        and chain.kind.units % 2 == chain.x.shape[-1] % 2 == 0  # at odd widths it warns at every call
        and not inside_compilation()
    )


def _blocks(chains, sequences):
    return [(output if sequences else None, states) for output, states in map(_block, chains)]


def _block(chain):
    def by_loop(x, weights, states):
        return _loops([chain._replace(x=x, weights=weights, states=states)], True)[0]

    return lstm_of_one_row(chain.x, chain.weights, chain.states, chain.mask, chain.reverse, by_loop)


def _loops(chains, sequences):
    by_xla = inside_compilation() or ALWAYS_COMPILED
    on_cpu = device_kind() == "CPU"
    # Elsewhere one loop and one product for all steps have the fewest launches; on a CPU smaller loops are faster.
    groups = [chains] if by_xla and not on_cpu else [[chain] for chain in chains]
    walks = [[_inference_walk(chain, sequences, by_xla and on_cpu) for chain in group] for group in groups]
    return [(outputs[0] if sequences else None, states) for group in walks for states, outputs in scan(group)]


def _inference_walk(chain, sequences, project_each):
    def project(x):
        return ops.matmul(x, chain.weights[0]) + bias

    # XLA fuses the reading of a step of x W with the gates, and that kernel takes longer than a product of the step's own.
    bias, x = chain.kind.bias(chain.weights), chain.x
    x, own = (x, project) if project_each else (chain.kind.project(x, chain.weights) + bias, lambda z: z)

    def step(states, inputs):
        x, *mask = inputs
        new = chain.kind.step(own(x), states, chain.weights)
        if chain.zone is not None:  # the expected state
            new = tuple(old + share * (to - old) for share, to, old in zip(chain.zone, new, states, strict=True))
        output = new[0]
        if mask:
            output = ops.where(mask[0], output, 0) if sequences else output
            new = tuple(ops.where(mask[0], to, old) for to, old in zip(new, states, strict=True))
        return new, (output,) if sequences else ()

    widths = (chain.kind.units,) if sequences else ()
    return Walk(step, chain.states, (x, *_present(chain.mask)), widths, chain.reverse)


@cache
def _programs(plan, sequences, own_program):
    """The two passes for chains of these kinds and directions."""

    def forward(arrays, constants):
        chains = _chains(plan, arrays, constants)
        walks = [_forward_walk(chain, sequences) for chain in chains]
        outputs, kept = [], []
        for states, (*y, kind_kept) in ((s, _split(o, sequences)) for s, o in scan(walks)):
            outputs.append((*map(_swapped, y), states))
            kept.append(kind_kept)
        return tuple(outputs), tuple(kept)

    def backward(arrays, constants, kept, upstream):
        chains = _chains(plan, arrays, constants)
        above = [(*map(_swapped, dy), d_states) for *dy, d_states in upstream]
        walks = [_backward_walk(*each, sequences) for each in zip(chains, kept, above, strict=True)]
        gradients = []
        for chain, saved, (d_states, dz) in zip(chains, kept, scan(walks), strict=True):
            d_x, d_weights = chain.kind.gradients(chain.x, chain.weights, saved, dz, chain.drop)
            gradients.append((_swapped(d_x), d_weights, d_states))
        return tuple(gradients)

    return (compiled(forward), compiled(backward)) if own_program else (forward, backward)


def _apart(chains):
    """What a program is made for, what has a gradient, and what has none."""
    plan = tuple((chain.kind, chain.reverse) for chain in chains)
    arrays = tuple((chain.x, chain.weights, chain.states) for chain in chains)
    return plan, arrays, tuple((chain.mask, chain.zone, chain.drop) for chain in chains)


def _chains(plan, arrays, constants):
    return [_time_first(Chain(*each, *a, *c)) for each, a, c in zip(plan, arrays, constants, strict=True)]


def _time_first(chain):
    mask = None if chain.mask is None else ops.transpose(chain.mask)[..., None]
    return chain._replace(x=_swapped(chain.x), mask=mask)


def _swapped(x):
    """(B, T, D) -> (T, B, D), and back."""
    return ops.transpose(x, (1, 0, 2))


def _split(outputs, sequences):
    return (outputs[0], outputs[1:]) if sequences else (outputs,)


def _forward_walk(chain, sequences):
    start = chain.kind.start(chain.weights)

    def step(states, inputs):
        z, mask, zone = _named(chain, inputs)
        new, kept = chain.kind.forward(z, states, start, chain.drop)
        if zone is not None:
            new = tuple(old + share * (to - old) for share, to, old in zip(zone, new, states, strict=True))
        output = new[0]
        if mask is not None:
            output = ops.where(mask, output, 0)
            new = tuple(ops.where(mask, to, old) for to, old in zip(new, states, strict=True))
        return new, (*((output,) if sequences else ()), *kept)

    inputs = (chain.kind.project(chain.x, chain.weights), *_present(chain.mask), *(chain.zone or ()))
    widths = (*((chain.kind.units,) if sequences else ()), *chain.kind.kept)
    return Walk(step, chain.states, inputs, widths, chain.reverse)


def _backward_walk(chain, kept, upstream, sequences):
    turn = chain.kind.turn(chain.weights)
    *dy, d_states = upstream

    def step(d, inputs):
        saved, rest = inputs[: len(kept)], inputs[len(kept) :]
        dy, mask, zone = _named(chain, rest if sequences else (None, *rest))
        if sequences:
            d = (d[0] + (dy if mask is None else ops.where(mask, dy, 0)), *d[1:])
        passed = None
        if mask is not None:
            passed = [ops.where(mask, 0, each) for each in d]
            d = tuple(ops.where(mask, each, 0) for each in d)
        if zone is not None:
            kept_back = [(1 - share) * each for share, each in zip(zone, d, strict=True)]
            passed = kept_back if passed is None else [a + b for a, b in zip(passed, kept_back, strict=True)]
            d = tuple(share * each for share, each in zip(zone, d, strict=True))
        before, dz = chain.kind.backward(d, saved, turn, chain.drop)
        if passed is not None:
            before = tuple(a + b for a, b in zip(before, passed, strict=True))
        return before, dz

    inputs = (*kept, *dy, *_present(chain.mask), *(chain.zone or ()))
    return Walk(step, d_states, inputs, chain.kind.gradient_widths, not chain.reverse)


def _named(chain, inputs):
    """(z or dy, mask, zone) of one step."""
    first, *rest = inputs
    mask = rest.pop(0) if chain.mask is not None else None
    return first, mask, tuple(rest) or None


def _present(x):
    return () if x is None else (x,)
