"""A round trip with the generated client. Run by ``test_generated_clients``.

Its argument is the server's URL. It prints each response as JSON: the name of the client's class
for it, and its fields.
"""

import json
import re
import sys
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from heroes_client import Client
from heroes_client.api.heroes import (
    apply_batch,
    create_hero,
    delete_hero,
    read_hero,
    read_heroes,
    update_hero,
)
from heroes_client.models import BatchDelete, HeroBatch, HeroCreate, HeroUpdate
from heroes_client.types import UNSET

DEADPOND = HeroCreate(name="Deadpond", secret_name="Dive Wilson", age=28)
RUSTY_MAN = HeroCreate(name="Rusty-Man", secret_name="Tommy Sharp", age=48)


def round_trip(client: Client) -> Iterator[Any]:
    """Do what the guide for client developers describes, and yield the responses."""
    key = str(uuid.uuid4())
    created = create_hero.sync(client=client, body=DEADPOND, idempotency_key=key)
    yield created
    again = create_hero.sync_detailed(client=client, body=DEADPOND, idempotency_key=key)
    yield again.parsed == created
    yield again.headers["Idempotency-Replayed"]

    creations = HeroBatch(create=[RUSTY_MAN])
    batch = apply_batch.sync(client=client, body=creations, idempotency_key=str(uuid.uuid4()))
    yield batch

    heroes = list(walk(client))
    yield heroes

    deadpond = next(hero for hero in heroes if hero.id == created.id)
    for age in (29, 30):  # the second one with the tag of the first
        body = HeroUpdate(age=age)
        yield update_hero.sync(deadpond.id, client=client, body=body, if_match=deadpond.etag)

    deletions = HeroBatch(delete=[BatchDelete(id=batch.created[0].id)])
    yield apply_batch.sync(client=client, body=deletions)
    yield delete_hero.sync(created.id, client=client)
    yield read_hero.sync(created.id, client=client)
    yield create_hero.sync(client=client, body=HeroCreate(name=" ", secret_name="S"))


def walk(client: Client) -> Iterator[Any]:
    """Yield all heroes, a page for each, with their entity tags."""
    cursor = UNSET
    while True:
        page = read_heroes.sync_detailed(
            client=client, limit=1, sort="-age", include="etag", cursor=cursor
        )
        yield from page.parsed
        link = re.search('<(.*)>; rel="next"', page.headers.get("Link", ""))
        if link is None:
            break
        [cursor] = parse_qs(urlsplit(link[1]).query)["cursor"]


def to_json(response: Any) -> Any:
    """Convert a response of the client to JSON values."""
    if isinstance(response, list):
        return [to_json(item) for item in response]
    if isinstance(response, bool | str):
        return response
    return [type(response).__name__, response.to_dict()]


with Client(base_url=sys.argv[1]) as client:
    json.dump([to_json(response) for response in round_trip(client)], sys.stdout)
