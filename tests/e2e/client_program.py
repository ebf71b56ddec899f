"""A program that uses the generated client. Run by ``test_generated_client``.

Its argument is the server's URL. It prints each response as JSON: the name of the client's class
for it, and its fields.
"""

import json
import sys
from typing import Any

from heroes_client import Client
from heroes_client.api.heroes import (
    create_hero,
    delete_hero,
    read_hero,
    read_heroes,
    update_hero,
)
from heroes_client.models import HeroCreate, HeroUpdate


def to_json(response: Any) -> Any:
    """Convert a response of the client to JSON values."""
    if isinstance(response, list):
        return [to_json(item) for item in response]
    return [type(response).__name__, response.to_dict()]


with Client(base_url=sys.argv[1]) as client:
    deadpond = HeroCreate(name="Deadpond", secret_name="Dive Wilson", age=28)
    created = create_hero.sync(client=client, body=deadpond)
    responses = [
        created,
        read_hero.sync(created.id, client=client),
        read_heroes.sync(client=client, offset=0, limit=1),
        update_hero.sync(created.id, client=client, body=HeroUpdate(age=None)),
        delete_hero.sync(created.id, client=client),
        read_hero.sync(created.id, client=client),
        create_hero.sync(client=client, body=HeroCreate(name=" ", secret_name="S")),
    ]
    json.dump([to_json(response) for response in responses], sys.stdout)
