"""Paths are matched exactly: encoded white space and slashes are part of a segment."""

import httpx2
import pytest

from tests.e2e.wire.contract import JSON, PROBLEM, RawResponse, invalid, problem, raw

NO_NUMBER = invalid(
    (
        "int_parsing",
        ["path", "hero_id"],
        "Input should be a valid integer, unable to parse string as an integer",
    )
)
NO_PATH = RawResponse(404, JSON, b'{"detail":"Not Found"}')


@pytest.mark.parametrize(
    "written",
    [
        "%20{}",
        "%09{}",
        "%0A{}",
        "%C2%A0{}",
        "%2F{}",
        "{}%20",
        "{}%09",
        "{}%0A",
        "{}%0D%0A",
        "{}%2F",
    ],
)
def test_an_id_with_encoded_white_space_or_slashes_around_it_is_no_number(
    client: httpx2.Client, hero_id: int, written: str
) -> None:
    path = f"/heroes/{written.format(hero_id)}"

    assert NO_NUMBER == raw(client.get(path))
    assert NO_NUMBER == raw(client.patch(path, json={"age": 29}))
    assert NO_NUMBER == raw(client.delete(path))


@pytest.mark.parametrize(
    "path",
    ["/heroes%0A", "/docs%0A", "/openapi.json%0A", "/heroes%2F", "/heroes%2f1", "/%2Fheroes/"],
)
def test_a_path_that_only_decodes_to_another_is_not_found(client: httpx2.Client, path: str) -> None:
    for method in ("GET", "POST", "PATCH", "DELETE", "OPTIONS"):
        assert NO_PATH == raw(client.request(method, path, json={}))
    expected = problem(404, "Not Found", path)
    assert expected == raw(client.get(path, headers={"accept": PROBLEM}))


def test_a_line_feed_after_the_collection_is_an_id(client: httpx2.Client) -> None:
    assert NO_NUMBER == raw(client.get("/heroes/%0A"))


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/heroes/1%0A/", "/heroes/1%0A"),
        ("/heroes/1%2f2/", "/heroes/1%2F2"),
        ("/heroes/1%252F2/", "/heroes/1%252F2"),
        ("/%68eroes/1/", "/heroes/1"),
    ],
)
def test_a_redirect_changes_nothing_but_the_last_slash(
    client: httpx2.Client, path: str, location: str
) -> None:
    response = client.get(path)

    assert (307, location) == (response.status_code, response.headers["location"])


@pytest.mark.usefixtures("hero_id")
def test_links_of_an_encoded_path_work(client: httpx2.Client) -> None:
    page = client.get("/%68eroes/?limit=1")

    assert page.headers["link"].startswith("<?limit=1&cursor=")
    assert 200 == client.get(page.url.join(page.links["next"]["url"])).status_code
