"""Pictures of gradients through time, of gates, and of the cliff, as PNG files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..layers.error_surface import descend, slope, surface
from .pictures import text_fonts

if TYPE_CHECKING:
    from .gradient_lens import GradientLens

LOWEST = 1e-12  # times the largest norm: what is drawn of those that vanish


def gradient_curves(lens: GradientLens, path: str | Path) -> None:
    """Norms by distance on the left, then spectral norms and radii, then the epochs of training where there were any."""
    from matplotlib.figure import Figure

    count = 3 if lens.gradient_norm else 2
    figure = Figure(figsize=(5 * count, 4.2), layout="constrained")
    panels = figure.subplots(1, count)
    norms_panel(panels[0], lens.norms)
    _jacobian_panel(panels[1], lens)
    if lens.gradient_norm:
        _training_panel(panels[2], lens)
    figure.savefig(path, dpi=120)


def norms_panel(axes: Any, norms: Mapping[str, Sequence[float]]) -> None:
    """‖∂L_t/∂s[t-k]‖ against k, on a logarithmic scale; a norm of 0 is not drawn."""
    largest = max((max(values) for values in norms.values()), default=0.0)
    for name, values in norms.items():
        shown = np.array(values)
        shown[~(shown > LOWEST * largest)] = np.nan
        style = "--" if name.endswith(" c") else "-"
        axes.plot(range(len(shown)), shown, style, label=name)
    if largest:
        axes.set_yscale("log")
    axes.set(xlabel="distance k in tokens", title="gradient of the loss by an earlier state", ylabel="norm")
    axes.legend()


def _jacobian_panel(axes: Any, lens: GradientLens) -> None:
    marker = "o" if len(lens.distances) == 1 else ""
    for place, name in enumerate(lens.spectral_norms):
        colour = f"C{place}"
        axes.plot(lens.distances, lens.spectral_norms[name], marker=marker, color=colour, label=f"{name}: norm")
        axes.plot(lens.distances, lens.spectral_radii[name], ":", marker=marker, color=colour, label=f"{name}: radius")
        if name in lens.bounds:
            axes.axhline(lens.bounds[name], color=colour, linestyle="--", linewidth=1, label=f"{name}: bound")
    axes.axhline(1, color="grey", linewidth=0.8)
    axes.set(xlabel="distance k in tokens", title="Jacobian of a step", ylim=(0, None))
    axes.legend()


def _training_panel(axes: Any, lens: GradientLens) -> None:
    from matplotlib.ticker import MaxNLocator

    epochs = range(1, len(lens.gradient_norm) + 1)
    marker = "o" if len(epochs) == 1 else ""
    drawn = axes.plot(epochs, lens.gradient_norm, marker=marker, color="tab:blue", label="gradient's mean norm")
    if lens.clip_norm:
        drawn.append(axes.axhline(lens.clip_norm, color="tab:blue", linestyle="--", label="clipped from here on"))
    axes.set(xlabel="epoch", ylabel="norm", title="training", ylim=(0, None))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    shares = axes.twinx()
    drawn += shares.plot(epochs, lens.clipped, marker=marker, color="tab:orange", label="share of steps clipped")
    shares.set(ylabel="share", ylim=(-0.02, 1.02))
    axes.legend(handles=drawn)


def gate_maps(tokens: Sequence[str], gates: Mapping[str, NDArray], path: str | Path, title: str = "") -> None:
    """A heat map for each gate and state: tokens from the left to the right, the units that keep the most at the top.

    Args:
        tokens: (T) what was read.
        gates: name -> (T, H); what lies between 0 and 1 gets one scale, what has a sign another, white at 0.
        path: of the PNG.
        title: above them.
    """
    from matplotlib.figure import Figure

    units = max(values.shape[1] for values in gates.values())
    height = 0.35 + min(1.5, 0.35 + 0.04 * units)  # of one map
    size = (max(6.0, 2.4 + 0.36 * len(tokens)), height * len(gates) + 1.4)
    figure = Figure(figsize=size, layout="constrained")
    panels = np.atleast_1d(figure.subplots(len(gates), 1, sharex=True))
    for axes, (name, values) in zip(panels, _ordered(gates).items(), strict=True):
        _map(figure, axes, name, values)
    panels[-1].set_xticks(range(len(tokens)), [token.replace("$", r"\$") for token in tokens], rotation=60, ha="right")
    fonts = text_fonts()
    for label in panels[-1].get_xticklabels():
        label.set(family=fonts, rotation_mode="anchor")
    if title:
        figure.suptitle(title)
    figure.savefig(path, dpi=110)


def _ordered(gates: Mapping[str, NDArray]) -> Mapping[str, NDArray]:
    """Every map with its units in the order of the gate that keeps: an LSTM's forget gate, a GRU's update gate."""
    keeps = gates.get("forget", gates.get("update"))
    if keeps is None:
        return gates
    order = np.argsort(-keeps.mean(axis=0), kind="stable")
    return {name: values[:, order] if values.shape == keeps.shape else values for name, values in gates.items()}


def _map(figure: Any, axes: Any, name: str, values: NDArray) -> None:
    share = name in ("input", "forget", "output", "update", "reset")
    most = float(np.quantile(np.abs(values), 0.995)) or 1.0
    scale = {"cmap": "viridis", "vmin": 0, "vmax": 1} if share else {"cmap": "RdBu_r", "vmin": -most, "vmax": most}
    drawn = axes.imshow(values.T, aspect="auto", interpolation="nearest", **scale)
    axes.set_ylabel(name)
    axes.set_yticks([])
    figure.colorbar(drawn, ax=axes, pad=0.01)
    if values.size <= 60:
        for (step, unit), value in np.ndenumerate(values):
            dark = value < 0.6 if share else abs(value) > 0.6 * most
            axes.text(
                step,
                unit,
                f"{round(float(value), 2) + 0:g}",
                ha="center",
                va="center",
                color="white" if dark else "black",
            )


def cliff(
    path: str | Path,
    start: tuple[float, float] = (4.6, -2.0),
    rate: float = 0.2,
    updates: int = 60,
    clip_norm: float = 0.25,
) -> None:
    """The error surface of one unit over its two weights, in space and from above, with gradient descent on it.

    Args:
        path: of the PNG.
        start: w and b.
        rate: the learning rate.
        updates: how many steps are taken.
        clip_norm: of the clipped path.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(13, 5.6), layout="constrained")
    free, clipped = (descend(start, rate, updates, most) for most in (0.0, clip_norm))
    paths = {"without clipping": free, f"clipped at {clip_norm}": clipped}
    _in_space(figure.add_subplot(1, 2, 1, projection="3d"))
    _from_above(figure, figure.add_subplot(1, 2, 2), paths)
    figure.suptitle("error after 50 steps of one unit, x ← w σ(x) + b")
    figure.savefig(path, dpi=110)


def _in_space(axes: Any) -> None:
    """On a grid that follows the wall, or its edge would look like the teeth of a saw."""
    w = np.linspace(3.5, 6, 121)
    b = np.linspace(-3.4, -1.2, 2201)
    wall = b[np.abs(slope(w[:, None], b)[..., 1]).argmax(axis=1)]  # where E is steepest, for each w
    away = np.concatenate([np.linspace(-0.7, -0.004, 50), np.linspace(0.004, 0.7, 50)])
    grid = np.broadcast_to(w[:, None], (len(w), len(away))), wall[:, None] + away
    axes.plot_surface(*grid, surface(*grid), cmap="viridis", rcount=121, ccount=100, linewidth=0, antialiased=False)
    axes.set(xlabel="w", ylabel="b", zlabel="error")
    axes.view_init(elev=30, azim=-60)


def _from_above(figure: Any, axes: Any, paths: Mapping[str, NDArray]) -> None:
    drawn = _contours(axes, (3.5, 7), (-3.2, 1.6), paths)
    figure.colorbar(drawn, ax=axes, label="error")
    axes.set(xlabel="w", ylabel="b")
    axes.legend(facecolor="lightgrey", loc="lower right")
    near = axes.inset_axes((0.04, 0.52, 0.42, 0.44), xticks=[], yticks=[])
    _contours(near, (4.2, 4.75), (-2.45, -1.9), paths)
    axes.indicate_inset_zoom(near, edgecolor="white", alpha=1)


def _contours(
    axes: Any, w_range: tuple[float, float], b_range: tuple[float, float], paths: Mapping[str, NDArray]
) -> Any:
    w, b = np.linspace(*w_range, 301), np.linspace(*b_range, 301)
    levels = np.linspace(0, 0.45, 31)
    drawn = axes.contourf(w, b, surface(w[None], b[:, None]), levels=levels, cmap="viridis")
    for (name, steps), colour in zip(paths.items(), ("tab:red", "white"), strict=True):
        axes.plot(*steps.T, ".-", color=colour, linewidth=1, markersize=4, label=name)
        axes.plot(*steps[-1], "X", color=colour, markersize=9, markeredgecolor="black")
    axes.plot(*next(iter(paths.values()))[0], "o", color="black", label="start")
    axes.set(xlim=w_range, ylim=b_range)
    return drawn
