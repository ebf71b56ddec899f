"""Numbers on the axes of the dashboard's picture."""

import pytest

from tests.deployment.dashboard.drawing import Panel, draw, format_value


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0, "s", "0"),
        (0.0123, "s", "12.3 ms"),
        (1158.2, "reqps", "1,160/s"),
        (0.034, "percentunit", "3.4 %"),
        (4_141_056, "bytes", "3.95 MiB"),
        (10_000, "short", "10,000"),
        (0.0000004, "s", "0.4 µs"),
    ],
)
def test_a_value_has_three_digits_and_its_unit(value: float, unit: str, text: str) -> None:
    assert text == format_value(value, unit)


def test_a_line_runs_from_the_left_to_the_right_and_from_the_bottom_to_the_top() -> None:
    picture = draw([Panel("<Title>", "short", {"a": [(0, 0), (5, 10), (10, 20)]})])

    assert 'points="46.0,138.0 180.0,83.0 314.0,28.0"' in picture
    assert "&lt;Title&gt;" in picture
