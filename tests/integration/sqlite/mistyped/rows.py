"""Rows with values of any storage class, as other programs leave them in a tutorial's file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.integration.tutorial_database import make_tutorial_database

SECRET = "TopSecret"  # noqa: S105 - what a log must not contain
"""The start of every stored secret name: it must be in no log."""


class Mistyped(NamedTuple):
    """Values in SQL, and what is shown for them."""

    name: str
    secret_name: str
    age: str
    shown: tuple[str, str, int | None]


MISTYPED: Mapping[int, Mistyped] = {
    20: Mistyped("'ok'", "CAST('TopSecret' || X'E9' AS TEXT)", "40", ("ok", "TopSecret\ufffd", 40)),
    21: Mistyped(
        "CAST('Ren' || X'E9' || 'e' AS TEXT)", "'TopSecret'", "''", ("Ren\ufffde", SECRET, None)
    ),
    22: Mistyped("CAST('Ren' || X'E8' || 'e' AS TEXT)", "''", "'twelve'", ("Ren\ufffde", "", None)),
    23: Mistyped("X'4142'", "X'546F70536563726574FF'", "12.5", ("AB", "TopSecret\ufffd", None)),
    24: Mistyped("X'41FF00'", "'TopSecret'", "1e300", ("A\ufffd\0", SECRET, None)),
    25: Mistyped("'AB'", "'TopSecret'", "-9e999", ("AB", SECRET, None)),
    26: Mistyped("12", "13", "X'FF'", ("12", "13", None)),
    27: Mistyped("X''", "'TopSecret'", "9e999", ("", SECRET, None)),
    28: Mistyped("'z'", "'TopSecret'", "'7'", ("z", SECRET, 7)),
}
"""By id. The columns convert the number 12 to a text, and the text 7 to a number."""


def statements(rows: Mapping[int, Mistyped] = MISTYPED) -> list[str]:
    """Return the statements that insert the rows."""
    return [
        "INSERT INTO hero (id, name, secret_name, age) "  # noqa: S608 - from the constants above
        f"VALUES ({hero_id}, {row.name}, {row.secret_name}, {row.age})"
        for hero_id, row in rows.items()
    ]


def make_mistyped_database(path: Path) -> Path:
    """Create the tutorial's file, with its own rows and the mistyped ones."""
    return make_tutorial_database(path, more=statements())


def json_of(hero_id: int) -> dict[str, Any]:
    """Return the JSON of a mistyped row."""
    name, secret_name, age = MISTYPED[hero_id].shown
    return {"name": name, "secret_name": secret_name, "age": age, "id": hero_id}
