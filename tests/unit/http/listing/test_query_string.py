"""The values of a list's parameters."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.datastructures import QueryParams

from domain.errors import InvalidQuery
from domain.hero import HeroQuery
from entrypoints.http.listing.query_string import read_query

app = FastAPI()


@app.get("/")
def read_boolean(*, age__isnull: bool) -> bool:
    """Return the boolean as FastAPI parses it."""
    return age__isnull


fastapi_client = TestClient(app)

BOOLEANS = ["true", "True", "TRUE", "t", "1", "on", "ON", "yes", "y"]
BOOLEANS += ["false", "False", "f", "0", "off", "no", "N"]
OTHERS = [
    "",
    " ",
    " true",
    "true ",
    "true\n",
    "tru",
    "2",
    "-1",
    "1.0",
    "+1",
    "null",
    "None",
    "\u0661",
]


@pytest.mark.parametrize("text", BOOLEANS)
def test_a_boolean_is_parsed_as_fastapi_parses_it(text: str) -> None:
    query = read_query(HeroQuery, QueryParams(age__isnull=text), offset=0, limit=1)

    expected = fastapi_client.get("/", params={"age__isnull": text}).json()
    assert [expected] == [each.value for each in query.filters]


@pytest.mark.parametrize("text", OTHERS)
def test_what_fastapi_rejects_as_a_boolean_gets_the_same_error(text: str) -> None:
    with pytest.raises(InvalidQuery) as refused:
        read_query(HeroQuery, QueryParams(age__isnull=text), offset=0, limit=1)

    (expected,) = fastapi_client.get("/", params={"age__isnull": text}).json()["detail"]
    violation = refused.value.violations[0]
    assert (expected["type"], expected["msg"]) == (violation.code, violation.message)
    assert ["query", violation.field] == expected["loc"]


def test_two_spellings_of_a_boolean_are_the_same_query() -> None:
    one, other = (
        read_query(HeroQuery, QueryParams(age__isnull=text), offset=0, limit=1)
        for text in ("yes", "true")
    )

    assert one == other
