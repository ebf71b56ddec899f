"""What ``heroes serve`` says and does where it has no authentication."""

from pathlib import Path

import httpx2
import pytest

from tests.integration.processes import assert_one_sentence, run
from tests.support.served import serve

EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 - what the test is about
SENTENCE = "HEROES_AUTH is not set, and 0.0.0.0 is not a loopback address: set HEROES_AUTH to"
WARNING = "heroes: HEROES_AUTH is none: every client that reaches 0.0.0.0 may read and change"


def test_without_authentication_another_address_than_loopback_is_refused(tmp_path: Path) -> None:
    ended = run("serve", tmp_path / "heroes.db", host=EVERY_ADDRESS, port="0")

    assert_one_sentence(ended, 2, SENTENCE)
    assert [] == list(tmp_path.iterdir())


def test_an_empty_value_is_not_none(tmp_path: Path) -> None:
    ended = run("serve", tmp_path / "heroes.db", host=EVERY_ADDRESS, port="0", auth="")

    assert_one_sentence(ended, 2, SENTENCE)


def test_none_set_by_hand_is_a_warning_at_each_start(tmp_path: Path) -> None:
    for times in (1, 2):
        with serve(tmp_path / "heroes.db", host=EVERY_ADDRESS, auth="none") as served:
            response = httpx2.get(f"http://127.0.0.1:{served.address[1]}/heroes/")

        assert 200 == response.status_code
        assert times == served.output().count(WARNING)


@pytest.mark.parametrize("settings", [{}, {"auth": "none"}, {"host": "localhost"}])
def test_on_loopback_nothing_is_said(tmp_path: Path, settings: dict[str, str]) -> None:
    with serve(tmp_path / "heroes.db", **settings) as served:
        assert 200 == httpx2.get(f"{served.url}/heroes/").status_code

    assert "HEROES_AUTH" not in served.output()


def test_the_other_commands_need_no_authentication(tmp_path: Path) -> None:
    ended = run("migrate", tmp_path / "heroes.db", host=EVERY_ADDRESS)

    assert (0, "") == (ended.returncode, ended.stderr)
