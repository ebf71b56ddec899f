"""Panels of lines as SVG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

COLUMNS = 3
WIDTH, HEIGHT = 330, 210
"""Size of a panel in pixels."""

LEFT, TOP, PLOT_WIDTH, PLOT_HEIGHT = 46, 28, 268, 110
LEGEND_TOP, LEGEND_LINE, LEGEND_ROWS = TOP + PLOT_HEIGHT + 28, 12, 3

COLORS = ("#1f77b4", "#d62728", "#2ca02c", "#ff7f0e", "#9467bd", "#8c564b", "#17becf", "#7f7f7f")

Points = Sequence[tuple[float, float]]

SCALES = {
    "s": ((1, " s"), (1e-3, " ms"), (1e-6, " µs")),
    "bytes": ((2**30, " GiB"), (2**20, " MiB"), (2**10, " KiB"), (1, " B")),
    "percentunit": ((0.01, " %"),),
    "reqps": ((1, "/s"),),
    "ops": ((1, "/s"),),
}


@dataclass(frozen=True, slots=True)
class Panel:
    """A title, Grafana's unit, and named lines of (seconds, value)."""

    title: str
    unit: str
    lines: Mapping[str, Points]


def draw(panels: Sequence[Panel]) -> str:
    """Return a picture of the panels in rows."""
    rows = -(-len(panels) // COLUMNS)
    end = max(x for panel in panels for points in panel.lines.values() for x, _ in points)
    width, height = COLUMNS * WIDTH, rows * HEIGHT
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
            f' viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="10">'
        ),
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for index, panel in enumerate(panels):
        x, y = index % COLUMNS * WIDTH, index // COLUMNS * HEIGHT
        parts += [f'<g transform="translate({x},{y})">', *_panel(panel, end), "</g>"]
    return "\n".join([*parts, "</svg>"]) + "\n"


def format_value(value: float, unit: str) -> str:
    """Return the value with three significant digits and its unit."""
    if not value:
        return "0"
    scales = SCALES.get(unit, ((1, ""),))
    size, suffix = next((each for each in scales if abs(value) >= each[0]), scales[-1])
    rounded = float(f"{value / size:.3g}")
    return f"{rounded:,g}{suffix}"


def _panel(panel: Panel, end: float) -> Sequence[str]:
    top = max((y for points in panel.lines.values() for _, y in points), default=0) or 1
    bottom = TOP + PLOT_HEIGHT
    parts = [f'<text x="8" y="16" font-size="12" font-weight="bold">{escape(panel.title)}</text>']
    for share in (0, 0.5, 1):
        y = bottom - share * PLOT_HEIGHT
        parts += [
            f'<path d="M{LEFT} {y:.0f}h{PLOT_WIDTH}" stroke="#ddd"/>',
            (
                f'<text x="{LEFT - 4}" y="{y + 3:.0f}" text-anchor="end" fill="#555">'
                f"{escape(format_value(share * top, panel.unit))}</text>"
            ),
        ]
    parts += [
        f'<text x="{LEFT + share * PLOT_WIDTH:.0f}" y="{bottom + 13}" text-anchor="middle"'
        f' fill="#555">{share * end:.0f} s</text>'
        for share in (0, 0.5, 1)
    ]
    for number, (name, points) in enumerate(panel.lines.items()):
        parts += _line(number, name, [(x / end, y / top) for x, y in points])
    return parts


def _line(number: int, name: str, points: Points) -> Sequence[str]:
    """Return a line, and its entry in the legend. ``points`` are shares of the plot's size."""
    color = COLORS[number % len(COLORS)]
    path = " ".join(
        f"{LEFT + x * PLOT_WIDTH:.1f},{TOP + (1 - y) * PLOT_HEIGHT:.1f}" for x, y in points
    )
    x = LEFT + number // LEGEND_ROWS * 110
    y = LEGEND_TOP + number % LEGEND_ROWS * LEGEND_LINE
    return [
        f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="1.3"/>',
        f'<rect x="{x}" y="{y - 7}" width="7" height="7" fill="{color}"/>',
        f'<text x="{x + 10}" y="{y}" font-size="9">{escape(name)}</text>',
    ]
