"""``heroes keys create``, ``list`` and ``revoke``: API keys, also while the service runs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from domain.api_key import ApiKey
from entrypoints.api.scopes import SCOPES
from entrypoints.commands.exit_codes import exit_on_error, print_line, print_warning
from entrypoints.composition import maintenance
from entrypoints.settings import load_settings
from service_layer.api_keys import CreatedKey, create_key, list_keys, revoke_key
from service_layer.database import Database

commands = typer.Typer(
    help="Create, list and revoke API keys, also while the service runs.", no_args_is_help=True
)

DAY = 24 * 60 * 60
MAX_DAYS = 36_500
UNKNOWN = "unknown"
"""What is printed for a stored value that was changed by hand, and is no time or no text."""

COLUMNS = ("id", "name", "scopes", "created", "expires", "revoked")


class Scope(StrEnum):
    """The scopes that a key may have."""

    READ = SCOPES.read
    WRITE = SCOPES.write


Name = Annotated[str, typer.Option(help="A description, shown in lists.")]
Scopes = Annotated[
    list[Scope], typer.Option("--scope", help="A scope of the key; may be repeated.")
]
Days = Annotated[
    int | None,
    typer.Option(
        "--expires-in", metavar="DAYS", min=1, max=MAX_DAYS, help="Days until it expires."
    ),
]


def parse_id(text: str) -> int:
    """Return the id. The error does not contain the text, which may be the key itself."""
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter("not a number; `heroes keys list` shows the ids") from None


KeyId = Annotated[
    int, typer.Argument(metavar="ID", parser=parse_id, help="The id of the key, see list.")
]
Json = Annotated[bool, typer.Option("--json", help="Print a JSON array.")]


@commands.command()
def create(*, name: Name, scope: Scopes, expires_in: Days = None) -> None:
    """Create a key, and print it alone on the last line. It cannot be shown again."""
    lifetime = None if expires_in is None else expires_in * DAY

    async def work(database: Database) -> CreatedKey:
        async with database.writing() as uow:
            return await create_key(uow, name=name, scopes=scope, lifetime=lifetime)

    with exit_on_error():
        created = maintenance.run_beside_a_service(load_settings(print_warning), work)
        expires = _format_time(created.stored.expires_at)
        until = f", valid until {expires}" if expires else ""
        print_line(
            f"Created API key {created.stored.id}{until}. Store it now, it is not shown again:"
        )
        print_line(created.text)


@commands.command("list")
def list_(*, as_json: Json = False) -> None:
    """List all keys: id, name, scopes, and when they were created, expire and were revoked."""

    async def work(database: Database) -> Sequence[ApiKey]:
        async with database.reading_primary() as uow:
            return await list_keys(uow)

    with exit_on_error():
        keys = maintenance.run_beside_a_service(load_settings(print_warning), work)
        if as_json:
            print_line(json.dumps([_to_json(key) for key in keys]))
        else:
            for line in _format_table([COLUMNS, *map(_to_cells, keys)]):
                print_line(line)


@commands.command()
def revoke(key_id: KeyId) -> None:
    """Revoke a key permanently."""

    async def work(database: Database) -> ApiKey:
        async with database.writing() as uow:
            return await revoke_key(uow, key_id)

    with exit_on_error():
        revoked = maintenance.run_beside_a_service(load_settings(print_warning), work)
        print_line(f"API key {revoked.id} is revoked.")


def _to_json(key: ApiKey) -> dict[str, object]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": UNKNOWN if "scopes" in key.damaged else list(key.scopes),
        **_format_times(key),
    }


def _to_cells(key: ApiKey) -> Sequence[str]:
    scopes = UNKNOWN if "scopes" in key.damaged else _escape(",".join(key.scopes))
    times = [time or "-" for time in _format_times(key).values()]
    return [str(key.id), _escape(key.name), scopes, *times]


def _format_times(key: ApiKey) -> Mapping[str, str | None]:
    """Return the times by the names of their columns."""
    times = {"created": key.created_at, "expires": key.expires_at, "revoked": key.revoked_at}
    return {
        name: UNKNOWN if f"{name}_at" in key.damaged else _format_time(time)
        for name, time in times.items()
    }


def _escape(text: str) -> str:
    """Return the text with its nonprintable characters escaped: they could control a terminal."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def _format_time(time: int | None) -> str | None:
    if time is None:
        return None
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _format_table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a line for each row, with columns of equal width."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
