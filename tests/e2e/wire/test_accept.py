"""The wire contract's errors: content negotiation between problems and the tutorial's bodies."""

from collections.abc import Sequence
from contextlib import closing
from http.client import HTTPConnection

import httpx2
import pytest

from tests.e2e.wire.contract import JSON, NO_SUCH_HERO, PROBLEM, new_hero, problem, raw
from tests.support.served import Served


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ([PROBLEM], PROBLEM),
        ([f"{JSON}, {PROBLEM}"], PROBLEM),
        ([JSON, f"{PROBLEM};q=0.9"], JSON),
        ([f"{JSON};q=0.5", "*/*"], PROBLEM),
        ([f"{PROBLEM};q=0, */*"], JSON),
        (["*/*"], JSON),
        (["text/html"], JSON),
        ([f"{PROBLEM};q=NaN"], JSON),
        ([";q=,,/*;q=NaN, */*;q=1e999"], JSON),
        ([], JSON),
    ],
)
def test_accept_selects_the_error_format_and_the_tutorials_is_the_default(
    server: Served, accept: Sequence[str], media_type: str
) -> None:
    with closing(HTTPConnection(*server.address, timeout=10)) as connection:
        connection.putrequest("GET", "/heroes/0")
        for value in accept:
            connection.putheader("Accept", value)
        connection.endheaders()
        response = connection.getresponse()
        body = response.read()

    expected = {JSON: NO_SUCH_HERO, PROBLEM: problem(404, "Hero not found", "/heroes/0")}
    assert expected[media_type] == (response.status, response.headers["content-type"], body)
    assert "Accept" == response.headers["vary"]


def test_only_a_response_that_depends_on_accept_has_vary(client: httpx2.Client) -> None:
    hero = f"/heroes/{new_hero(client)}"
    responses = [
        client.get(hero, headers={"accept": PROBLEM}),
        client.post("/heroes/", content=b" " * 65_537),
        client.delete(hero),
    ]

    assert [200, 413, 200] == [response.status_code for response in responses]
    assert not any("vary" in response.headers for response in responses)


@pytest.mark.parametrize("accept", [JSON, "*/*", f"{PROBLEM};q=0, {JSON}"])
def test_errors_that_the_tutorial_lacks_are_problems_for_every_client(
    client: httpx2.Client, accept: str
) -> None:
    headers = {"accept": accept, "content-type": JSON}
    response = client.post("/heroes/", content=b" " * 65_537, headers=headers)

    assert (413, PROBLEM) == raw(response)[:2]


@pytest.mark.parametrize("accept", [JSON, PROBLEM])
def test_head_of_an_error_has_the_headers_of_get(client: httpx2.Client, accept: str) -> None:
    get, head = (
        client.request(m, "/heroes/0", headers={"accept": accept}) for m in ("GET", "HEAD")
    )

    assert (404, b"") == (head.status_code, head.content)
    assert (accept, str(len(get.content))) == (
        head.headers["content-type"],
        head.headers["content-length"],
    )
