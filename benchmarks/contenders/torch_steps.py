"""Steps of torch: what a worker repeats, written as a careful user writes them.

Time comes first, denormals are flushed (without it torch is several times slower on long sequences), the optimizer is fused.
Packed sequences stay packed up to the loss.
"""

import os
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import clip_grad_norm_
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

from . import torch_decoding, workloads
from .torch_weights import fill
from .workloads import CLASSES, Workload

LAYERS = {"lstm": nn.LSTM, "gru": nn.GRU}


def steps(workload: Workload, contender: str) -> Callable[[int], float]:
    """A function that runs n steps and returns what the last one computed, once all are done."""
    torch.set_flush_denormal(True)
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    batch = {name: torch.from_numpy(value).to(device) for name, value in workloads.batch(workload).items()}
    if workload.task == "decoding":
        return repeated(torch_decoding.decode(workload, batch["inputs"]))
    batch = time_first(batch)
    network = NETWORKS[workload.task](workload, packed=contender == "torch-packed").to(device)
    fill(network, workloads.weights(workload))
    if workload.trains:
        return repeated(training(network, batch, workload.optimizer))
    return repeated(compiled(network, batch["inputs"]), value=lambda logits: (logits**2).mean())


def repeated(step: Callable, value: Callable = float) -> Callable[[int], float]:
    """The step n times; torch waits for the device when the value is read."""

    def run(n: int) -> float:
        for _ in range(n):
            result = step()
        return float(value(result))

    return run


def time_first(batch: dict[str, Tensor]) -> dict[str, Tensor]:
    """(B, T, ...) -> (T, B, ...), with ids as int64, which the losses want."""
    ids = {name: value.long() if value.dtype == torch.int32 else value for name, value in batch.items()}
    return {name: value.transpose(0, 1).contiguous() if value.ndim > 1 else value for name, value in ids.items()}


def training(network: nn.Module, batch: dict[str, Tensor], optimizer: str) -> Callable[[], Tensor]:
    """Forward, backward, update."""
    parameters = list(network.parameters())
    if optimizer == "sgd":
        update = torch.optim.SGD(parameters, 0.5, fused=True)
    else:
        update = torch.optim.Adam(parameters, 1e-3, eps=1e-7, fused=True)

    def step():
        update.zero_grad()
        loss = network.loss(batch)
        loss.backward()
        if optimizer == "sgd":
            clip_grad_norm_(parameters, 5.0)
        update.step()
        return loss.detach()

    return step


def compiled(network: nn.Module, inputs: Tensor) -> Callable[[], Tensor]:
    """The network traced and frozen for inference."""
    with torch.inference_mode():
        frozen = torch.jit.freeze(torch.jit.trace(network.eval(), inputs))

    def step():
        with torch.inference_mode():
            return frozen(inputs)

    return step


class LanguageModel(nn.Module):
    """Tokens (T, B) -> the mean loss of the next ones."""

    def __init__(self, workload: Workload, packed: bool):
        super().__init__()
        self.embedding = nn.Embedding(workload.vocabulary, workload.inputs)
        self.deep = LAYERS[workload.cell](workload.inputs, workload.units, workload.layers)
        self.projection = nn.Linear(workload.units, workload.vocabulary)

    def loss(self, batch: dict[str, Tensor]) -> Tensor:
        states, _ = self.deep(self.embedding(batch["inputs"]))
        return F.cross_entropy(self.projection(states).flatten(0, 1), batch["labels"].flatten())


class Tagger(nn.Module):
    """Word vectors (T, B, D) -> logits (T, B, K). Padded, the direction from the right starts in the padding."""

    def __init__(self, workload: Workload, packed: bool):
        super().__init__()
        self.both = LAYERS[workload.cell](workload.inputs, workload.units, bidirectional=True)
        self.projection = nn.Linear(2 * workload.units, workload.vocabulary)
        self.lengths = torch.from_numpy(workloads.lengths(workload)) if packed else None

    def forward(self, inputs: Tensor) -> Tensor:
        return self.projection(self.both(inputs)[0])

    def loss(self, batch: dict[str, Tensor]) -> Tensor:
        if self.lengths is None:
            labels = batch["labels"].masked_fill(~batch["mask"], -100)
            return F.cross_entropy(self(batch["inputs"]).flatten(0, 1), labels.flatten())
        states, _ = self.both(pack_padded_sequence(batch["inputs"], self.lengths))
        labels = pack_padded_sequence(batch["labels"], self.lengths)
        return F.cross_entropy(self.projection(states.data), labels.data)


class Classifier(nn.Module):
    """Tokens (T, B) -> the mean loss of B classes. Padded, the state is taken at each sequence's last token."""

    def __init__(self, workload: Workload, packed: bool):
        super().__init__()
        self.embedding = nn.Embedding(workload.vocabulary, workload.inputs)
        self.recurrent = LAYERS[workload.cell](workload.inputs, workload.units)
        self.projection = nn.Linear(workload.units, CLASSES)
        self.lengths = torch.from_numpy(workloads.lengths(workload))
        self.register_buffer("last_step", self.lengths - 1)
        self.packed = packed

    def last(self, tokens: Tensor) -> Tensor:
        """The state after each sequence's last token (B, H)."""
        if not self.packed:
            states, _ = self.recurrent(self.embedding(tokens))
            return states[self.last_step, torch.arange(tokens.shape[1], device=tokens.device)]
        packed = pack_padded_sequence(tokens, self.lengths)
        _, (last, _) = self.recurrent(PackedSequence(self.embedding(packed.data), packed.batch_sizes))
        return last[0]

    def loss(self, batch: dict[str, Tensor]) -> Tensor:
        return F.cross_entropy(self.projection(self.last(batch["inputs"])), batch["labels"])


class Translation(nn.Module):
    """`networks.TranslationModel`: source (S, B), target (T, B) -> the mean loss."""

    def __init__(self, workload: Workload, packed: bool):
        super().__init__()
        units, layer = workload.units, LAYERS[workload.cell]
        self.source = nn.Embedding(workload.vocabulary, workload.inputs)
        self.encoder = layer(workload.inputs, units, bidirectional=True)
        self.keys = nn.Linear(2 * units, units, bias=False)
        self.target = nn.Embedding(workload.vocabulary, workload.inputs)
        self.decoder = layer(workload.inputs, units)
        self.query = nn.Linear(units, units, bias=False)
        self.score = nn.Linear(units, 1, bias=False)
        self.mix = nn.Linear(2 * units, units, bias=False)
        self.projection = nn.Linear(units, workload.vocabulary)

    def loss(self, batch: dict[str, Tensor]) -> Tensor:
        encoded, (_, start) = self.encoder(self.source(batch["source"]))  # start: h←[1]
        states, _ = self.decoder(self.target(batch["inputs"]), start[None])
        states = states.transpose(0, 1)  # (B, T, H)
        keys = self.keys(encoded.transpose(0, 1))  # (B, S, H)
        scores = self.score(torch.tanh(self.query(states)[:, :, None] + keys[:, None]))[..., 0]  # (B, T, S)
        mixed = torch.tanh(self.mix(torch.cat([states, scores.softmax(-1) @ keys], -1)))
        return F.cross_entropy(self.projection(mixed).flatten(0, 1), batch["labels"].T.flatten())


NETWORKS = {
    "language-model": LanguageModel,
    "tagger": Tagger,
    "inference": Tagger,
    "classifier": Classifier,
    "translation": Translation,
}
