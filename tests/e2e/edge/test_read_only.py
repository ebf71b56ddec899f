"""With ``HEROES_READ_ONLY`` reads go on, writes get 503, and nothing is written."""

from pathlib import Path

import httpx2

from tests.support.served import serve
from tests.support.sql import execute

DEADPOND = {"name": "Deadpond", "secret_name": "Dive Wilson"}
KEY = {"Idempotency-Key": "a"}


def test_a_read_only_service_serves_what_is_stored_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "heroes.db"
    with serve(path) as served:
        stored = httpx2.post(f"{served.url}/heroes/", json=DEADPOND, headers=KEY).json()
    execute(f"sqlite:///{path}", "UPDATE idempotent_answer SET expires = 1")

    with serve(path, read_only="true") as served, httpx2.Client(base_url=served.url) as client:
        refused = [
            client.post("/heroes/", json=DEADPOND),
            client.post("/heroes/", json=DEADPOND, headers=KEY),
            client.post("/heroes/batch", json={"delete": [{"id": 1}]}),
            client.patch("/heroes/1", json={"age": 1}),
            client.delete("/heroes/1"),
        ]
        read = [client.get("/heroes/") for _ in range(20)]

    assert [(503, "60")] * 5 == [(one.status_code, one.headers["retry-after"]) for one in refused]
    assert [[stored]] * 20 == [response.json() for response in read]
    assert [(1,)] == execute(f"sqlite:///{path}", "SELECT count(*) FROM idempotent_answer")
