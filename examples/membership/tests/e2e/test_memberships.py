"""Heroes in teams over HTTP, on a real server on each database."""

from concurrent.futures import ThreadPoolExecutor

import httpx2

from tests.e2e.wire.contract import new_hero

PREVENTERS = {"name": "Preventers", "headquarters": "Sharp Tower"}


def test_a_founded_team_is_included_in_the_list_of_its_heroes(client: httpx2.Client) -> None:
    founder, other = new_hero(client), new_hero(client)

    founded = client.post(f"/heroes/{founder}/team", json=PREVENTERS).json()
    client.patch(f"/heroes/{other}", json={"team_id": founded["team_id"]})
    page = client.get(f"/heroes/?team_id={founded['team_id']}&include=team").json()

    team = {**PREVENTERS, "id": founded["team_id"]}
    assert [(founder, team), (other, team)] == [(hero["id"], hero["team"]) for hero in page]


def test_a_team_and_its_heroes_hold_together(client: httpx2.Client) -> None:
    team_id = client.post(f"/heroes/{new_hero(client)}/team", json=PREVENTERS).json()["team_id"]
    lone = new_hero(client)

    assert 409 == client.delete(f"/teams/{team_id}").status_code
    assert 409 == client.patch(f"/heroes/{lone}", json={"team_id": team_id + 999}).status_code
    assert client.get(f"/heroes/{lone}").json()["team_id"] is None
    assert 200 == client.get(f"/teams/{team_id}").status_code


def test_a_race_between_joining_and_deleting_leaves_no_hero_without_a_team(
    client: httpx2.Client,
) -> None:
    heroes = [new_hero(client) for _ in range(20)]
    teams = [client.post("/teams/", json=PREVENTERS).json()["id"] for _ in heroes]

    with ThreadPoolExecutor(2) as threads:
        joined = threads.map(
            lambda pair: client.patch(f"/heroes/{pair[0]}", json={"team_id": pair[1]}).status_code,
            zip(heroes, teams, strict=True),
        )
        deleted = threads.map(lambda team: client.delete(f"/teams/{team}").status_code, teams)

    assert {(200, 409), (409, 200)} >= set(zip(joined, deleted, strict=True))
