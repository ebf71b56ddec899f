"""The benchmark's load generator."""

import pytest

from tests.benchmarks.contenders import OURS, POSTGRES, SQLITE, chosen
from tests.benchmarks.cores import Cores
from tests.benchmarks.sections.main import takes_part
from tests.benchmarks.workloads import NEXT, path_of
from tests.benchmarks.wrk import Load, WrkMissing, check_installed


def test_a_missing_wrk_raises_an_error_with_the_install_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(WrkMissing, match="apt-get install wrk"):
        check_installed()


def test_the_script_gets_the_number_of_heroes_and_the_seed() -> None:
    load = Load("cursor", connections=16, seconds=3, rows=1000, seed=7, more=["/heroes/?after=9"])

    assert ["--", "1000", "7", "/heroes/?after=9"] == load.command("http://127.0.0.1:1")[-4:]


def test_an_api_key_is_sent_with_each_request() -> None:
    load = Load("get", connections=16, seconds=3, rows=1000, api_key="hrs_x")

    assert "--header=Authorization: Bearer hrs_x" in load.command("http://127.0.0.1:1")


def test_no_process_is_pinned_on_one_core() -> None:
    assert ["heroes", "serve"] == Cores(None, None).on_server_core(["heroes", "serve"])


def test_a_server_is_pinned_to_its_core_on_two_cores() -> None:
    assert ["taskset", "-c", "0", "heroes"] == Cores(0, 1).on_server_core(["heroes"])


def test_the_wal_contender_is_sqlite_only_and_measured_for_writes_only() -> None:
    names = ("heroes", "plain-wal")

    (wal,) = [contender for contender in chosen(names, SQLITE) if contender.wal]

    assert [OURS] == chosen(names, POSTGRES)
    assert (False, True) == (takes_part(wal, "get"), takes_part(wal, "post"))


@pytest.mark.parametrize(
    "link",
    [
        '<?cursor=abc&limit=100>; rel="next"',
        '</heroes/?cursor=abc&limit=100>; rel="next"',
        '<http://127.0.0.1:8000/heroes/?cursor=abc&limit=100>; rel="next"',
        '</heroes/>; rel="first", </heroes/?cursor=abc&limit=100>; rel=next',
    ],
)
def test_the_next_page_is_parsed_from_the_link_header(link: str) -> None:
    found = NEXT.search(link)

    assert found is not None
    assert "/heroes/?cursor=abc&limit=100" == path_of(found[1], "/heroes/?limit=100")
