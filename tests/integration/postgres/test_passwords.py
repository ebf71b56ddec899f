"""A database URL is printed without passwords, wherever they are in it."""

from pathlib import Path

import pytest

from tests.support.served import fresh_postgres, invoke, serve

PASSWORD = "hunter2"  # noqa: S105 - that it is not printed is the test

NOWHERE = "127.0.0.1:1"
"""An address on which no server listens."""

ADDRESSES = [
    f"postgresql://me:{PASSWORD}@{NOWHERE}/heroes",
    f"postgres://me:{PASSWORD}@{NOWHERE}/heroes",
    f"postgresql://:{PASSWORD}@{NOWHERE}/heroes",
    f"postgresql://me:{PASSWORD}@{NOWHERE},{NOWHERE}/heroes?target_session_attrs=read-write",
    f"postgresql://me:at%40{PASSWORD}@{NOWHERE}/heroes",
    f"postgresql://me:at@{PASSWORD}@{NOWHERE}/heroes",
    f"postgresql://me:colon:{PASSWORD}@{NOWHERE}/heroes",
    f"postgresql://me@{NOWHERE}/heroes?password={PASSWORD}",
    f"postgresql://me@{NOWHERE}/heroes?user=you&password={PASSWORD}&application_name=x",
    f"postgresql://me@{NOWHERE}/heroes?PASSWORD={PASSWORD}",
    f"postgresql://me@{NOWHERE}/heroes?pass%77ord={PASSWORD}",
    f"postgresql://me@{NOWHERE}/heroes?sslpassword={PASSWORD}",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_unreachable_database_is_named_without_its_password(
    tmp_path: Path, address: str
) -> None:
    ended = invoke(tmp_path, "migrate", database_url=address)

    assert isinstance(ended.exception, SystemExit)
    assert ended.exit_code in {1, 2}
    assert 1 == len(ended.stderr.splitlines())
    assert PASSWORD not in ended.output


def test_serve_prints_the_database_url_without_passwords(tmp_path: Path, postgres_url: str) -> None:
    with fresh_postgres(postgres_url) as url:
        user, at, host = url.partition("@")
        secret = f"{user}:{PASSWORD}{at}{host}?password={PASSWORD}"
        with serve(tmp_path / "served.db", database_url=secret, pool_size="1000") as served:
            served.wait_until_printed("Database: ", 1)
            served.terminate()

    assert f"Database: {user}:***{at}{host}" in served.output().splitlines()
    assert PASSWORD not in served.output()
