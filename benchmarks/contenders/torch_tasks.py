"""Training of torch: the same networks, noise, optimizer and schedule, written as a careful user writes them.

Batches are tensors before the clock runs, time first, the longest sentence first, without rows of padding and cut to their
longest sentence. Denormals are flushed, the optimizer is fused.
"""

import math
import os
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import clip_grad_norm_
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from .task_data import Batch, TaskData
from .tasks import Task
from .torch_chain import Chain
from .torch_weights import fill

UNKNOWN = 1
NO_NOISE = {"input_dropout": 0.0, "dropout": 0.0, "token_dropout": 0.0}


class Sentences(NamedTuple):
    """tokens (T, B), mask (T, B), lengths (B,) on the CPU; labels (T, B), or (B,) of whole texts."""

    tokens: Tensor
    mask: Tensor
    lengths: Tensor
    labels: Tensor


def passes(task: Task, contender: str) -> tuple[list[float], Callable[[int], float]]:
    """What was computed first, and a function that trains n passes and returns the last loss."""
    torch.set_flush_denormal(True)
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    torch.manual_seed(0)
    data = TaskData.read(task.folder)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    batches = [sentences(batch, data.settings["ids"], device) for batch in data.batches]
    packed = contender == "torch-packed"

    def network(noise: dict[str, float]) -> nn.Module:
        made = NETWORKS[task.pipeline](data, data.settings | noise, packed)
        fill(made, data.weights)
        return made.to(device)

    unpadded = sentences(data.unpadded, data.settings["ids"], device)
    computed = losses(network(NO_NOISE), unpadded, [batches[number] for number in data.compared], data.settings)
    run = training(network({}), batches, data.settings)
    run(1)  # warms up
    return computed, run


def sentences(batch: Batch, ids: str, device: torch.device) -> Sentences:
    """A batch as torch likes it best."""
    unexpected = batch.keys() - {ids, "labels", "weight", "row", "text", "longer"}
    if unexpected:
        raise ValueError(f"features {sorted(unexpected)}: expected {ids} alone")
    lengths = torch.from_numpy((batch[ids] != 0).sum(axis=1))
    rows = torch.argsort(lengths, descending=True, stable=True)
    rows = rows[: int(batch["weight"].sum())]  # those of padding are shortest
    lengths = lengths[rows]
    longest = int(lengths[0])
    tokens = torch.from_numpy(batch[ids]).long()[rows, :longest].T.contiguous()
    labels = torch.from_numpy(batch["labels"]).long()[rows]
    whole = ids == "ids"  # one label, as a row of 0 and 1
    labels = labels.argmax(1) if whole else labels[:, :longest].T.contiguous()
    return Sentences(tokens.to(device), (tokens != 0).to(device), lengths, labels.to(device))


def steady_dropout(x: Tensor, rate: float) -> Tensor:
    """x (T, B, D) with features dropped, the same at every step."""
    if not rate:
        return x
    return x * x.new_empty(1, *x.shape[1:]).bernoulli_(1 - rate).div_(1 - rate)


def token_dropout(tokens: Tensor, rate: float) -> Tensor:
    """Tokens (T, B) with a share of them unknown; padding stays."""
    if not rate:
        return tokens
    drawn = (torch.rand(tokens.shape, device=tokens.device) < rate) & (tokens != 0)
    return tokens.masked_fill(drawn, UNKNOWN)


class Network(nn.Module):
    """What both have: embedding and BiLSTM. Padded, the direction from the right starts in the padding."""

    def __init__(self, data: TaskData, settings: dict[str, Any], packed: bool):
        super().__init__()
        embeddings, _, recurrent = data.weights[:3]
        kernel = data.weights[7]  # after those of both directions
        self.settings, self.packed = settings, packed
        self.embedding = nn.Embedding(*embeddings.shape)
        self.both = nn.LSTM(embeddings.shape[1], recurrent.shape[0], bidirectional=True)
        self.projection = nn.Linear(*kernel.shape)

    def states(self, batch: Sentences, rate: float) -> Tensor:
        """(T, B, 2H), of features of which a share is dropped."""
        x = self.embedding(token_dropout(batch.tokens, self.settings["token_dropout"]))
        x = steady_dropout(x, rate)
        if not self.packed:
            return self.both(x)[0]
        packed, _ = self.both(pack_padded_sequence(x, batch.lengths))
        return pad_packed_sequence(packed)[0]


class Labeler(Network):
    """The mean of -log p(labels) over sentences, by a CRF or by a softmax for each token."""

    def __init__(self, data: TaskData, settings: dict[str, Any], packed: bool):
        super().__init__(data, settings, packed)
        if settings["output"] == "crf":
            self.chain = Chain(self.projection.out_features, data.allowed)

    def loss(self, batch: Sentences) -> Tensor:
        states = self.states(batch, self.settings["input_dropout"])
        emissions = self.projection(steady_dropout(states, self.settings["dropout"]))
        if self.settings["output"] == "crf":
            return -self.chain(emissions, batch.labels.clamp_min(0), batch.mask).mean()
        sums = F.cross_entropy(emissions.flatten(0, 1), batch.labels.flatten(), ignore_index=-1, reduction="sum")
        return sums / len(batch.lengths)


class Classifier(Network):
    """The mean of -log p(label), from the largest value of every feature."""

    def loss(self, batch: Sentences) -> Tensor:
        rate = self.settings["dropout"]
        states = self.states(batch, rate).masked_fill(~batch.mask[..., None], -math.inf)
        pooled = F.dropout(states.max(0).values, rate)
        return F.cross_entropy(self.projection(pooled), batch.labels)


NETWORKS: dict[str, type[Network]] = {"labeler": Labeler, "classifier": Classifier}


def losses(network: nn.Module, unpadded: Sentences, batches: list[Sentences], settings: dict[str, Any]) -> list[float]:
    """The loss of the batch without padding, then those of the first training steps.

    The second bias of torch's LSTM stays as it is here: trained with the first, it would make each of their updates double.
    """
    for name, parameter in network.named_parameters():
        parameter.requires_grad_("bias_hh" not in name)
    with torch.no_grad():
        first = float(network.loss(unpadded))
    step = stepper(network, settings)
    return [first, *(float(step(batch)) for batch in batches)]


def training(network: nn.Module, batches: list[Sentences], settings: dict[str, Any]) -> Callable[[int], float]:
    """All batches n times."""
    step = stepper(network, settings)

    def run(n: int) -> float:
        for _ in range(n):
            for batch in batches:
                loss = step(batch)
        return float(loss)

    return run


def stepper(network: nn.Module, settings: dict[str, Any]) -> Callable[[Sentences], Tensor]:
    """Forward, backward, update."""
    parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
    update = torch.optim.Adam(parameters, settings["learning_rate"], eps=1e-7, fused=True)
    taken = 0

    def step(batch: Sentences) -> Tensor:
        nonlocal taken
        update.param_groups[0]["lr"] = rate(taken, settings)
        taken += 1
        update.zero_grad()
        loss = network.loss(batch)
        loss.backward()
        if settings["clip_norm"]:
            clip_grad_norm_(parameters, settings["clip_norm"])
        update.step()
        return loss.detach()

    return step


def rate(step: int, settings: dict[str, Any]) -> float:
    """Of learning, by half a cosine from the first rate to a share of it."""
    if settings["decay"] != "cosine":
        raise ValueError(f"decay={settings['decay']}: expected cosine")
    done = min(1.0, step / settings["schedule_steps"])
    least = settings["least_rate"]
    return settings["learning_rate"] * ((1 - least) * 0.5 * (1 + math.cos(math.pi * done)) + least)
