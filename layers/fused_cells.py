"""One step of the standard cells, forwards and backwards, for `fused`.

Elman   a = x W + b + h U              h' = f(a)
        da = dh' f'(a)                 dh = da Uᵀ

LSTM    i, f, o = σ(x W + b + h U)     g = φ(x Wg + bg + h Ug)     c' = f c + i g     h' = o φ(c')
        dc' += dh' o φ'(c')            do = dh' φ(c'), di = dc' g, df = dc' c, dg = dc' i, each times its slope
        dh = [di df do dg] Uᵀ          dc = dc' f

GRU     z, r = σ(x W + b + h U + c)    g = φ(x Wg + bg + r (h Ug + cg))   or, reset before the product,
                                       g = φ(x Wg + bg + (r h) Ug)        h' = (1 - z) g + z h
        dg = dh' (1 - z) φ'            dz = dh' (h - g) σ'                dr = dg (h Ug + cg) σ'
        dh = dh' z + [dz dr r dg] Uᵀ   or   dh' z + (dg Ugᵀ) r + [dz dr] Uᵀ

Slopes are written in the activated value: σ' = σ (1 - σ), tanh' = 1 - tanh². Nothing is divided by a gate, so nothing is lost
when one closes.
"""

from dataclasses import dataclass

from keras import ops

# name: (function, its slope in terms of its value)
ACTIVATIONS = {
    "tanh": (ops.tanh, lambda y: 1 - y * y),
    "sigmoid": (ops.sigmoid, lambda y: y * (1 - y)),
    "relu": (ops.relu, lambda y: ops.cast(y > 0, y.dtype)),
    "linear": (lambda x: x, ops.ones_like),
}


@dataclass(frozen=True)
class FusedElman:
    """weights: W (D, H), U (H, H), b (H). Kept: h', h."""

    units: int
    activation: str

    @property
    def kept(self) -> tuple[int, ...]:
        return (self.units, self.units)

    @property
    def gradient_widths(self) -> tuple[int, ...]:
        return (self.units,)

    def project(self, x, weights):
        return product(x, weights[0])

    def start(self, weights):
        return weights[1:]

    def forward(self, z, states, start, drop):
        (h,), (u, b) = states, start
        new = ACTIVATIONS[self.activation][0](z + ops.matmul(dropped(h, drop), u) + b)
        return (new,), (new, h)

    def step(self, z, states, weights):
        return (ACTIVATIONS[self.activation][0](z + ops.matmul(states[0], weights[1])),)

    def bias(self, weights):
        return weights[2]

    def turn(self, weights):
        return ops.transpose(weights[1])

    def backward(self, d, kept, turn, drop):
        dz = d[0] * ACTIVATIONS[self.activation][1](kept[0])
        return (dropped(ops.matmul(dz, turn), drop),), (dz,)

    def gradients(self, x, weights, kept, dz, drop):
        w, (dz,) = weights[0], dz
        return product(dz, ops.transpose(w)), (outer(x, dz), outer(dropped(kept[1], drop), dz), total(dz))


@dataclass(frozen=True)
class FusedLSTM:
    """weights: W (D, 4H), U (H, 4H), b (4H), gates i, f, g, o. Kept: i, f, g, o, c, h."""

    units: int
    activation: str
    recurrent_activation: str

    @property
    def kept(self) -> tuple[int, ...]:
        return (self.units,) * 6

    @property
    def gradient_widths(self) -> tuple[int, ...]:
        return (4 * self.units,)

    def project(self, x, weights):
        return product(x, weights[0])

    def start(self, weights):
        return weights[1:]

    def forward(self, z, states, start, drop):
        (h, c), (u, b) = states, start
        phi, sigma = ACTIVATIONS[self.activation][0], ACTIVATIONS[self.recurrent_activation][0]
        i, f, g, o = ops.split(z + ops.matmul(dropped(h, drop), u) + b, 4, axis=-1)
        i, f, g, o = sigma(i), sigma(f), phi(g), sigma(o)
        memory = f * c + i * g
        return (o * phi(memory), memory), (i, f, g, o, c, h)

    def step(self, z, states, weights):
        (h, c), phi, sigma = states, ACTIVATIONS[self.activation][0], ACTIVATIONS[self.recurrent_activation][0]
        i, f, g, o = ops.split(z + ops.matmul(h, weights[1]), 4, axis=-1)
        memory = sigma(f) * c + sigma(i) * phi(g)
        return sigma(o) * phi(memory), memory

    def bias(self, weights):
        return weights[2]

    def turn(self, weights):
        return ops.transpose(weights[1])

    def backward(self, d, kept, turn, drop):
        (dh, dc), (i, f, g, o, c, _) = d, kept
        (phi, slope), bend = ACTIVATIONS[self.activation], ACTIVATIONS[self.recurrent_activation][1]
        output = phi(f * c + i * g)
        dc = dc + dh * o * slope(output)
        dz = ops.concatenate([dc * g * bend(i), dc * c * bend(f), dc * i * slope(g), dh * output * bend(o)], axis=-1)
        return (dropped(ops.matmul(dz, turn), drop), dc * f), (dz,)

    def gradients(self, x, weights, kept, dz, drop):
        w, (dz,) = weights[0], dz
        return product(dz, ops.transpose(w)), (outer(x, dz), outer(dropped(kept[-1], drop), dz), total(dz))


@dataclass(frozen=True)
class FusedGRU:
    """Reset after the product. weights: W (D, 3H), U (H, 3H), [b, c] (2, 3H), gates z, r, g. Kept: z, r, g, h U + c, h."""

    units: int
    activation: str
    recurrent_activation: str

    @property
    def kept(self) -> tuple[int, ...]:
        return (self.units,) * 5

    @property
    def gradient_widths(self) -> tuple[int, ...]:
        return (3 * self.units, 3 * self.units)  # of h U + c, and of x W + b

    def project(self, x, weights):
        return product(x, weights[0])

    def start(self, weights):
        b, c = weights[2][0], weights[2][1]
        gates = 2 * self.units
        return weights[1], b[:gates] + c[:gates], b[gates:], c[gates:]

    def forward(self, z, states, start, drop):
        (h,), (u, gate_bias, b, c), gates = states, start, 2 * self.units
        a = ops.matmul(dropped(h, drop), u)  # (B, 3H)
        keep, reset = map(
            ACTIVATIONS[self.recurrent_activation][0], ops.split(z[:, :gates] + a[:, :gates] + gate_bias, 2, axis=-1)
        )
        memory = a[:, gates:] + c
        g = ACTIVATIONS[self.activation][0](z[:, gates:] + b + reset * memory)
        return (g + keep * (h - g),), (keep, reset, g, memory, h)

    def step(self, z, states, weights):
        (h,), phi, sigma = states, ACTIVATIONS[self.activation][0], ACTIVATIONS[self.recurrent_activation][0]
        keep, reset, g = ops.split(z, 3, axis=-1)
        old_keep, old_reset, old_g = ops.split(ops.matmul(h, weights[1]), 3, axis=-1)
        keep = sigma(keep + old_keep)
        g = phi(g + sigma(reset + old_reset) * (old_g + weights[2][1, 2 * self.units :]))
        return (g + keep * (h - g),)

    def bias(self, weights):
        b, c = weights[2][0], weights[2][1]
        return b + ops.concatenate([c[: 2 * self.units], ops.zeros_like(c[2 * self.units :])], axis=0)

    def turn(self, weights):
        return ops.transpose(weights[1])

    def backward(self, d, kept, turn, drop):
        (dh,), (keep, reset, g, memory, h) = d, kept
        bend = ACTIVATIONS[self.recurrent_activation][1]
        dg = dh * (1 - keep) * ACTIVATIONS[self.activation][1](g)
        d_gates = [dh * (h - g) * bend(keep), dg * memory * bend(reset)]
        da, dx = (ops.concatenate([*d_gates, last], axis=-1) for last in (dg * reset, dg))
        return (dh * keep + dropped(ops.matmul(da, turn), drop),), (da, dx)

    def gradients(self, x, weights, kept, dz, drop):
        w, (da, dx) = weights[0], dz
        d_bias = ops.stack([total(dx), total(da)])
        return product(dx, ops.transpose(w)), (outer(x, dx), outer(dropped(kept[-1], drop), da), d_bias)


@dataclass(frozen=True)
class FusedResetBeforeGRU:
    """Reset before the product. weights: W (D, 3H), U (H, 3H), b (3H), gates z, r, g. Kept: z, r, g, h."""

    units: int
    activation: str
    recurrent_activation: str

    @property
    def kept(self) -> tuple[int, ...]:
        return (self.units,) * 4

    @property
    def gradient_widths(self) -> tuple[int, ...]:
        return (3 * self.units,)

    def project(self, x, weights):
        return product(x, weights[0])

    def start(self, weights):
        gates = 2 * self.units
        return weights[1][:, :gates], weights[1][:, gates:], weights[2]

    def forward(self, z, states, start, drop):
        (h,), (u, ug, b) = states, start
        gates, seen = 2 * self.units, dropped(h, drop)
        z = z + b
        keep, reset = map(
            ACTIVATIONS[self.recurrent_activation][0], ops.split(z[:, :gates] + ops.matmul(seen, u), 2, axis=-1)
        )
        g = ACTIVATIONS[self.activation][0](z[:, gates:] + ops.matmul(reset * seen, ug))
        return (g + keep * (h - g),), (keep, reset, g, h)

    def step(self, z, states, weights):
        (h,), phi, sigma = states, ACTIVATIONS[self.activation][0], ACTIVATIONS[self.recurrent_activation][0]
        u, ug, _ = self.start(weights)
        keep, reset, g = ops.split(z, 3, axis=-1)
        old_keep, old_reset = ops.split(ops.matmul(h, u), 2, axis=-1)
        keep, reset = sigma(keep + old_keep), sigma(reset + old_reset)
        g = phi(g + ops.matmul(reset * h, ug))
        return (g + keep * (h - g),)

    def bias(self, weights):
        return weights[2]

    def turn(self, weights):
        u, ug, _ = self.start(weights)
        return ops.transpose(u), ops.transpose(ug)

    def backward(self, d, kept, turn, drop):
        (dh,), (keep, reset, g, h), (ut, ugt) = d, kept, turn
        bend = ACTIVATIONS[self.recurrent_activation][1]
        dg = dh * (1 - keep) * ACTIVATIONS[self.activation][1](g)
        d_seen = ops.matmul(dg, ugt)
        d_gates = ops.concatenate([dh * (h - g) * bend(keep), d_seen * dropped(h, drop) * bend(reset)], axis=-1)
        before = dh * keep + dropped(d_seen * reset + ops.matmul(d_gates, ut), drop)
        return (before,), (ops.concatenate([d_gates, dg], axis=-1),)

    def gradients(self, x, weights, kept, dz, drop):
        w, (dz,), (_, reset, _, h) = weights[0], dz, kept
        gates, seen = 2 * self.units, dropped(h, drop)
        d_u = [outer(seen, dz[..., :gates]), outer(reset * seen, dz[..., gates:])]
        return product(dz, ops.transpose(w)), (outer(x, dz), ops.concatenate(d_u, axis=-1), total(dz))


def dropped(h, drop):
    """h as the recurrent product sees it."""
    return h if drop is None else h * drop


def product(x, kernel):
    """x W of all steps by one product, (T, B, D) -> (T, B, G)."""
    time, batch = ops.shape(x)[:2]
    return ops.reshape(ops.matmul(_rows(x), kernel), (time, batch, kernel.shape[-1]))


def outer(x, d):
    """Σ over steps and rows of xᵀ d, (D, G), by one product."""
    return ops.matmul(ops.transpose(_rows(x)), _rows(d))


def total(d):
    """Σ over steps and rows, (G,)."""
    return ops.sum(_rows(d), axis=0)


def _rows(x):
    return ops.reshape(x, (-1, x.shape[-1]))
