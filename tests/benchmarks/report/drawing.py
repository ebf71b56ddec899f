"""How every plot looks: colours that hold on a light page and on a dark one, and text as text."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt

GREY = "#818b98"
"""Text and lines: legible on white and on near black."""

ACCENT = "#2f81f7"
COLOURS = {
    "heroes": ACCENT,
    "heroes-all-on": ACCENT,
    "heroes-operations-off": ACCENT,
    "heroes-plain": ACCENT,
    "plain": "#d29922",
    "fastcrud": "#a371f7",
    "litestar": "#3fb950",
    "django-ninja": "#39c5cf",
    "fastify": "#db61a2",
    "floor": "#6e7681",
    "ceiling": "#6e7681",
}

STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "heroes",
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": GREY,
    "axes.labelcolor": GREY,
    "axes.edgecolor": GREY,
    "axes.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "legend.frameon": False,
    "savefig.transparent": True,
}


def set_up() -> None:
    """Make every plot look like this."""
    mpl.use("svg")
    mpl.rcParams.update(STYLE)


def colour(server: str) -> str:
    """Return a server's colour; one on a WAL file has that of the same on another."""
    return COLOURS.get(server.removesuffix("-wal"), GREY)


def panels(count: int, *, columns: int = 3, height: float = 2.4) -> tuple[Any, list[Any]]:
    """Return a figure and so many axes in it, in rows."""
    columns = min(columns, count)
    rows = -(-count // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(3.4 * columns, height * rows), squeeze=False, layout="constrained"
    )
    flat = list(axes.flat)
    for unused in flat[count:]:
        unused.set_visible(False)
    return figure, flat[:count]


def save(figure: Any, path: Path) -> None:
    """Write the file, without the date and the version that would make each run's differ."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    plt.close(figure)
