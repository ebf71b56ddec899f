"""``HEROES_LOG_LEVEL`` is the lowest level of what the server logs."""

from pathlib import Path

import httpx2
import pytest

from tests.support.served import serve
from tests.support.sql import execute

RULE = "CREATE TRIGGER no_robots BEFORE INSERT ON hero BEGIN SELECT RAISE(ABORT, 'no robots'); END"


@pytest.mark.parametrize(
    ("level", "logged"),
    [("debug", [True] * 3), ("info", [False, True, True]), ("warning", [False, False, True])],
)
def test_lines_below_the_level_are_not_logged(
    tmp_path: Path, level: str, logged: list[bool]
) -> None:
    path = tmp_path / "heroes.db"

    with serve(path, log_level=level) as served:
        execute(f"sqlite:///{path}", RULE)
        refused = httpx2.post(f"{served.url}/heroes/", json={"name": "N", "secret_name": "S"})
        served.terminate()
        lines = served.output()

    assert 409 == refused.status_code
    assert logged == [
        "refused by trigger no_robots: no robots" in lines,
        '"POST /heroes/ HTTP/1.1" 409' in lines,
        "a trigger refused the change" in lines,
    ]
