"""Weights in the layout of `keras.layers`, put into torch's modules.

torch keeps kernels transposed, orders a GRU's gates (r, z, h̃) where Keras has (z, r, h̃), and gives an LSTM two biases: the
second is zero at the start. It is trained too, so that after an update an LSTM of torch is no longer Keras'.
"""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn

PARTS = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]


def fill(network: nn.Module, weights: list[np.ndarray]) -> None:
    """Puts the weights into the modules, in the order in which these were made."""
    remaining = iter(weights)
    with torch.no_grad():
        for module in network.children():
            fill_module(module, remaining)
    if next(remaining, None) is not None:
        raise ValueError("more weights than the network takes")


def fill_module(module: nn.Module, weights: Iterator[np.ndarray]) -> None:
    """Takes from the weights what the module needs."""
    if isinstance(module, nn.Embedding):
        module.weight.copy_(torch.from_numpy(next(weights)))
    elif isinstance(module, nn.Linear):
        module.weight.copy_(torch.from_numpy(next(weights)).T)
        if module.bias is not None:
            module.bias.copy_(torch.from_numpy(next(weights)))
    elif not isinstance(module, nn.RNNBase | nn.RNNCellBase):
        for parameter in module.parameters(recurse=False):  # laid out alike
            parameter.copy_(torch.from_numpy(next(weights)))
    else:
        for name in names(module):
            for part, value in zip(PARTS, cell(*(next(weights) for _ in range(3))), strict=True):
                getattr(module, part + name).copy_(value)


def names(module: nn.Module) -> list[str]:
    """The ends of the names of a module's parameters, one for each layer and direction; a cell has none."""
    if isinstance(module, nn.RNNCellBase):
        return [""]
    directions = ["", "_reverse"] if module.bidirectional else [""]
    return [f"_l{layer}{direction}" for layer in range(module.num_layers) for direction in directions]


def cell(kernel: np.ndarray, recurrent: np.ndarray, bias: np.ndarray) -> list[Tensor]:
    """W (D, GH), U (H, GH) and the bias, as torch has them: Wᵀ, Uᵀ and two biases (GH,)."""
    if bias.ndim == 1:
        values = [kernel.T, recurrent.T, bias, np.zeros_like(bias)]
    else:
        values = [reset_first(value) for value in (kernel.T, recurrent.T, *bias)]
    return [torch.from_numpy(np.ascontiguousarray(value)) for value in values]


def reset_first(value: np.ndarray) -> np.ndarray:
    """The gates along the first axis in the order (r, z, h̃)."""
    update, reset, new = np.split(value, 3)
    return np.concatenate([reset, update, new])
