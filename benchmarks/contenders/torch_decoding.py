"""Greedy and beam decoding of torch: a Python loop over T steps; the decoder is that of `decoding.Decoder`."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from . import workloads
from .torch_weights import fill
from .workloads import Workload


class Decoder(nn.Module):
    """tokens (B, N), h (B, N, H), keys (B, S, H) -> logits (B, N, V), h."""

    def __init__(self, workload: Workload):
        super().__init__()
        units = self.units = workload.units
        self.embedding = nn.Embedding(workload.vocabulary, workload.inputs)
        self.cell = nn.GRUCell(workload.inputs, units)
        self.query = nn.Linear(units, units, bias=False)
        self.score = nn.Linear(units, 1, bias=False)
        self.mix = nn.Linear(2 * units, units, bias=False)
        self.projection = nn.Linear(units, workload.vocabulary)

    def forward(self, tokens: Tensor, h: Tensor, keys: Tensor) -> tuple[Tensor, Tensor]:
        h = self.cell(self.embedding(tokens.flatten()), h.flatten(0, 1)).view_as(h)
        scores = self.score(torch.tanh(self.query(h)[:, :, None] + keys[:, None]))[..., 0]  # (B, N, S)
        context = scores.softmax(-1) @ keys
        return self.projection(torch.tanh(self.mix(torch.cat([h, context], -1)))), h


def decode(workload: Workload, keys: Tensor) -> Callable[[], Tensor]:
    """One call decodes all sentences; the value tells two decoders apart: mean token, or mean score of the best beam."""
    decoder = Decoder(workload).to(keys.device).eval()
    fill(decoder, workloads.weights(workload))

    def step():
        with torch.inference_mode():
            if workload.beam == 1:
                return greedy(decoder, keys, workload.time).float().mean()
            return beam(decoder, keys, workload.time, workload.beam)[1][:, 0].mean()

    return step


def greedy(decoder: Decoder, keys: Tensor, time: int) -> Tensor:
    """The best token at each step: (T, B)."""
    tokens = torch.zeros(len(keys), 1, dtype=torch.long, device=keys.device)
    h = keys.new_zeros(len(keys), 1, decoder.units)
    written = []
    for _ in range(time):
        logits, h = decoder(tokens, h, keys)
        tokens = logits.max(-1).indices  # three times as fast as argmax on a CPU
        written.append(tokens[:, 0])
    return torch.stack(written)


def beam(decoder: Decoder, keys: Tensor, time: int, width: int) -> tuple[Tensor, Tensor]:
    """The best histories (B, N, T) and their summed log probabilities (B, N), the best first."""
    tokens = torch.zeros(len(keys), width, dtype=torch.long, device=keys.device)
    h = keys.new_zeros(len(keys), width, decoder.units)
    scores = keys.new_full((len(keys), width), -1e9)
    scores[:, 0] = 0.0  # all beams start alike: one alone may bear children
    histories = tokens.new_zeros(len(keys), width, time)
    for t in range(time):
        logits, h = decoder(tokens, h, keys)
        values = logits.log_softmax(-1) + scores[..., None]
        scores, best = values.flatten(1).topk(width)
        parents, tokens = best // logits.shape[-1], best % logits.shape[-1]
        rows = torch.arange(len(keys), device=keys.device)[:, None]
        h, histories = h[rows, parents], histories[rows, parents]
        histories[:, :, t] = tokens
    return histories, scores
