"""For each module, a server on each database, and clients that connect over a socket."""

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
    """A database engine and a session kind, for all combinations.

    A module marked ``fast_session`` is skipped with plain sessions, which do not guarantee what it
    tests.
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
    """A function that creates an empty database and returns its URL."""

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
    path = tmp_path_factory.mktemp("served") / "heroes.db"
    with serve(path, database_url=new_database(), session=session) as served:
        yield served


@pytest.fixture
def client(server: Served) -> Iterator[httpx2.Client]:
    """A client of the module's server, which may contain heroes of other tests."""
    no_tls = False  # loading unused certificates is slow
    with httpx2.Client(base_url=server.url, timeout=10, verify=no_tls) as client:
        yield client


@pytest.fixture
def hero_id(client: httpx2.Client) -> int:
    """The id of a new hero."""
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
    """A client of a server with exactly the heroes of ``LISTED``, with ids from 1."""
    path = tmp_path_factory.mktemp("listed") / "heroes.db"
    with (
        serve(path, database_url=new_database(), session=session) as served,
        httpx2.Client(base_url=served.url, timeout=10) as client,
    ):
        for name, age in LISTED:
            client.post("/heroes/", json={"name": name, "secret_name": "x", "age": age})
        yield client
