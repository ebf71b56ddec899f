"""The API behaves like a dict under any sequence of requests."""

from typing import Any

import httpx2
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.support.served import Served

texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=255
).filter(str.strip)
ages = st.none() | st.integers(0, 2**63 - 1)
heroes = st.fixed_dictionaries({"name": texts, "secret_name": texts}, optional={"age": ages})
changes = st.fixed_dictionaries({}, optional={"name": texts, "secret_name": texts, "age": ages})
invalid = st.sampled_from(
    [{"name": ""}, {"secret_name": None}, {"age": -1}, {"age": 2**63}, {"name": "\0"}]
)


class HeroesAndADict(RuleBasedStateMachine):
    """Sends each operation to the server, and applies it to a dict."""

    client: httpx2.Client
    ids = Bundle("ids")
    removed_ids = Bundle("removed_ids")

    @initialize()
    def start_empty(self) -> None:
        self.expected: dict[int, dict[str, Any]] = {}
        self.last_id = 0
        for hero in self.client.get("/heroes/").json():
            self.client.delete(f"/heroes/{hero['id']}")

    @rule(target=ids, hero=heroes)
    def create(self, hero: dict[str, Any]) -> int:
        created = self.client.post("/heroes/", json=hero).json()
        hero_id: int = created["id"]
        assert hero_id > self.last_id
        self.last_id = hero_id
        self.expected[hero_id] = {"age": None, **hero, "id": hero_id}
        assert self.expected[hero_id] == created
        return hero_id

    @rule(hero_id=ids, changes=changes)
    def change(self, hero_id: int, changes: dict[str, Any]) -> None:
        self.expected[hero_id] |= changes
        assert (
            self.expected[hero_id] == self.client.patch(f"/heroes/{hero_id}", json=changes).json()
        )

    @rule(hero_id=ids, changes=invalid)
    def change_invalidly(self, hero_id: int, changes: dict[str, Any]) -> None:
        assert 422 == self.client.patch(f"/heroes/{hero_id}", json=changes).status_code

    @rule(target=removed_ids, hero_id=consumes(ids))
    def remove(self, hero_id: int) -> int:
        del self.expected[hero_id]
        assert {"ok": True} == self.client.delete(f"/heroes/{hero_id}").json()
        return hero_id

    @rule(hero_id=removed_ids, method=st.sampled_from(["GET", "PATCH", "DELETE"]))
    def request_a_removed_one(self, hero_id: int, method: str) -> None:
        body: dict[str, Any] | None = {} if method == "PATCH" else None
        assert 404 == self.client.request(method, f"/heroes/{hero_id}", json=body).status_code

    @rule(hero_id=ids)
    def read(self, hero_id: int) -> None:
        assert self.expected[hero_id] == self.client.get(f"/heroes/{hero_id}").json()

    @rule(offset=st.integers(0, 5), limit=st.integers(0, 5))
    def read_a_page(self, offset: int, limit: int) -> None:
        page = self.client.get("/heroes/", params={"offset": offset, "limit": limit}).json()
        assert list(self.expected.values())[offset : offset + limit] == page

    @invariant()
    def contents_are_equal(self) -> None:
        assert list(self.expected.values()) == self.client.get("/heroes/").json()


def test_the_api_behaves_like_a_dict(server: Served) -> None:
    with httpx2.Client(base_url=server.url, timeout=10) as client:
        machine = type("Machine", (HeroesAndADict,), {"client": client})
        run_state_machine_as_test(
            machine, settings=settings(max_examples=15, stateful_step_count=25, deadline=None)
        )
