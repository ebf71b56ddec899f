"""Teams over HTTP, on a real server on each database, beside heroes."""

import httpx2

from tests.e2e.wire.contract import new_hero

PREVENTERS = {"name": "Preventers", "headquarters": "Sharp Tower"}
KEY = {"Idempotency-Key": '"f3a1b9d0"'}


def test_a_retried_post_creates_one_team(client: httpx2.Client) -> None:
    before = client.get("/teams/").json()

    first, again = [client.post("/teams/", json=PREVENTERS, headers=KEY) for _ in range(2)]

    assert (200, first.content) == (again.status_code, again.content)
    assert [*before, first.json()] == client.get("/teams/").json()
    assert first.json() == client.get(first.headers["location"]).json()


def test_teams_are_paged_by_cursor_with_a_filter_and_a_sort(client: httpx2.Client) -> None:
    drafts = [{"name": f"Paged {number}", "headquarters": "Bar"} for number in range(5)]
    client.post("/teams/batch", json={"create": drafts})

    page = client.get("/teams/?sort=-name&name__startswith=Paged&limit=2")
    names = [team["name"] for team in page.json()]
    while "next" in page.links:
        page = client.get(page.url.join(page.links["next"]["url"]))
        names += [team["name"] for team in page.json()]

    assert [draft["name"] for draft in reversed(drafts)] == names


def test_a_stale_precondition_is_refused(client: httpx2.Client) -> None:
    path = client.post("/teams/", json=PREVENTERS).headers["location"]
    client.patch(path, json={"name": "Z-Force"})

    assert 412 == client.delete(path, headers={"If-Match": '"1"'}).status_code
    assert 200 == client.delete(path, headers={"If-Match": '"2"'}).status_code
    assert 404 == client.get(path).status_code


def test_teams_and_heroes_have_ids_of_their_own(client: httpx2.Client) -> None:
    hero_id = new_hero(client)
    team = client.post("/teams/", json=PREVENTERS).json()

    assert "Deadpond" == client.get(f"/heroes/{hero_id}").json()["name"]
    assert "Preventers" == client.get(f"/teams/{team['id']}").json()["name"]
