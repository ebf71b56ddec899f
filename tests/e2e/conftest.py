"""A server for each module on each database, and clients that talk to it over a socket."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx2
import pytest

from tests.e2e.wire.contract import new_hero
from tests.support.promises import not_promised
from tests.support.served import Served, fresh_postgres, serve

ENGINES_AND_SESSIONS = [
    (engine, session) for session in ("fast", "plain") for engine in ("sqlite", "postgres")
]


@pytest.fixture(scope="module", params=ENGINES_AND_SESSIONS, ids="-".join)
def engine_and_session(request: pytest.FixtureRequest) -> tuple[str, str]:
    """A kind of database, and the kind of session that serves it; of all in turn.

    A module marked ``fast_session`` is skipped where a plain session does not promise what it is
    about.
    """
    engine, session = request.param
    marker = request.node.get_closest_marker("fast_session")
    if session == "plain" and marker is not None:
        pytest.skip(not_promised(*marker.args))
    return engine, session


@pytest.fixture(scope="module")
def session(engine_and_session: tuple[str, str]) -> str:
    """The value of the setting ``HEROES_SESSION``."""
    return engine_and_session[1]


@pytest.fixture(scope="module")
def new_database(
    engine_and_session: tuple[str, str],
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[], str]]:
    """Makes an empty database at each call, and gives its address."""

    def new_sqlite() -> str:
        return f"sqlite:///{tmp_path_factory.mktemp('database')}/heroes.db"

    def new_postgres() -> str:
        return databases.enter_context(fresh_postgres(request.getfixturevalue("postgres_url")))

    with ExitStack() as databases:
        yield {"sqlite": new_sqlite, "postgres": new_postgres}[engine_and_session[0]]


@pytest.fixture(scope="module")
def server(
    new_database: Callable[[], str], session: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """A real server on an empty database."""
    place = tmp_path_factory.mktemp("served") / "heroes.db"
    with serve(place, database_url=new_database(), session=session) as served:
        yield served


@pytest.fixture
def client(server: Served) -> Iterator[httpx2.Client]:
    """A client of the module's server. Other tests' heroes may be there."""
    no_tls = False  # loading certificates that plain HTTP has no use for takes long
    with httpx2.Client(base_url=server.url, timeout=10, verify=no_tls) as client:
        yield client


@pytest.fixture
def hero_id(client: httpx2.Client) -> int:
    """The id of a hero made for the test."""
    return new_hero(client)


LISTED = [
    ("Zoe", 30),
    ("ada", None),
    ("Ada", 7),
    ("Ada", 30),
    ("100%", None),
    ("100_", 8),
    ("Ünï 🦸", 7),
]


@pytest.fixture(scope="module")
def listing(
    new_database: Callable[[], str], session: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx2.Client]:
    """A client of a server that has the heroes of ``LISTED``, from id 1 on, and no others."""
    place = tmp_path_factory.mktemp("listed") / "heroes.db"
    with (
        serve(place, database_url=new_database(), session=session) as served,
        httpx2.Client(base_url=served.url, timeout=10) as client,
    ):
        for name, age in LISTED:
            client.post("/heroes/", json={"name": name, "secret_name": "x", "age": age})
        yield client
