"""``heroes keys create``, ``list`` and ``revoke``: API keys, also while the service runs."""

import json
import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer

from domain.api_key import ApiKey
from entrypoints.api.scopes import SCOPES
from entrypoints.commands.exit_codes import (
    OutputFailed,
    discard_output,
    exit_on_error,
    print_line,
    print_warning,
)
from entrypoints.commands.key_lists import COLUMNS, format_table, format_time, to_cells, to_json
from entrypoints.composition import maintenance
from entrypoints.settings import Settings, load_settings
from service_layer.api_keys import CreatedKey, create_key, list_keys, revoke_key
from service_layer.database import Database

commands = typer.Typer(
    help="Create, list and revoke API keys, also while the service runs.", no_args_is_help=True
)

DAY = 24 * 60 * 60
MAX_DAYS = 36_500

_NUMBER = re.compile("[0-9]{1,100}")
"""``int`` also accepts signs, blanks, underscores and digits of other scripts."""


class Scope(StrEnum):
    """The scopes that a key may have."""

    READ = SCOPES.read
    WRITE = SCOPES.write


Name = Annotated[str, typer.Option(help="A description, shown in lists.")]
Scopes = Annotated[
    list[Scope], typer.Option("--scope", help="A scope of the key; may be repeated.")
]


def parse_id(text: str) -> int:
    """Return the id. The error does not contain the text, which may be the key itself."""
    if not _NUMBER.fullmatch(text):
        raise typer.BadParameter("an id consists of digits; `heroes keys list` shows the ids")
    return int(text)


def parse_days(text: str) -> int:
    """Return the number of days."""
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= MAX_DAYS:
        raise typer.BadParameter(f"not a number from 1 to {MAX_DAYS}")
    return int(text)


Days = Annotated[
    int | None,
    typer.Option(
        "--expires-in",
        metavar="DAYS",
        parser=parse_days,
        help=f"Days until it expires, 1 to {MAX_DAYS}.",
    ),
]
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
        settings = load_settings(print_warning)
        created = maintenance.run_beside_a_service(settings, work)
        expires = format_time(created.stored.expires_at)
        until = f", valid until {expires}" if expires else ""
        try:
            print_line(
                f"Created API key {created.stored.id}{until}. Store it now, it is not shown again:"
            )
            print_line(created.text)
        except OutputFailed as error:
            discard_output()
            _revoke_unprinted(settings, created.stored.id)
            raise OutputFailed(
                f"API key {created.stored.id} is revoked again, because it was not printed: {error}"
            ) from error


@commands.command("list")
def list_(*, as_json: Json = False) -> None:
    """List all keys: id, name, scopes, and when they were created, expire and were revoked."""

    async def work(database: Database) -> Sequence[ApiKey]:
        async with database.reading_primary() as uow:
            return await list_keys(uow)

    with exit_on_error():
        keys = maintenance.run_beside_a_service(load_settings(print_warning), work)
        if as_json:
            print_line(json.dumps([to_json(key) for key in keys]))
        else:
            for line in format_table([COLUMNS, *map(to_cells, keys)]):
                print_line(line)


@commands.command()
def revoke(key_id: KeyId) -> None:
    """Revoke a key permanently."""
    with exit_on_error():
        revoked = _revoke(load_settings(print_warning), key_id)
        sentence = f"API key {revoked.id} is revoked."
        try:
            print_line(sentence)
        except OutputFailed as error:  # the exit code is that of the revocation
            discard_output()
            print_warning(f"{sentence} Printing this failed: {error}")


def _revoke(settings: Settings, key_id: int) -> ApiKey:
    async def work(database: Database) -> ApiKey:
        async with database.writing() as uow:
            return await revoke_key(uow, key_id)

    return maintenance.run_beside_a_service(settings, work)


def _revoke_unprinted(settings: Settings, key_id: int) -> None:
    """Revoke a key that nobody knows. If that fails, the error says so, too."""
    try:
        _revoke(settings, key_id)
    except Exception:
        print_warning(f"API key {key_id} is valid, but was not printed; revoke it")
        raise
