"""Options of a command for the settings that change between starts.

``--port 8001`` sets ``port`` for one start. Name, values, default and help of an option
are those of the setting.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from itertools import chain
from typing import Annotated, Any, Optional

import typer
from pydantic.fields import FieldInfo

from entrypoints.setting_texts import choices, describe_default, describe_meaning
from entrypoints.settings import Settings, option_name

WITHOUT_OPTION: Mapping[str, Sequence[str]] = {
    "tuned once, for a machine and its database": (
        "lock_timeout",
        "scan_timeout",
        "commit_batch",
        "pool_size",
        "pool_timeout",
        "connect_timeout",
        "statement_timeout",
        "idle_timeout",
    ),
    "a limit on clients, which is the same at every start": (
        "receive_timeout",
        "send_timeout",
        "max_connections",
        "max_connections_per_address",
        "max_pending",
    ),
    "a promise on keys, which holds over all starts": (
        "key_lifetime",
        "key_limit",
        "key_limit_per_client",
        "key_cache",
    ),
}
"""The settings without an option, by the reason. They would hide the others in the help."""

SET_BY_HAND = tuple(
    name for name in Settings.model_fields if name not in chain(*WITHOUT_OPTION.values())
)
"""The settings with an option."""


def add_setting_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options to a command. Its parameter ``options`` gets those that are given."""

    @wraps(command)
    def with_options(**arguments: Any) -> None:
        given = {name: arguments.pop(name) for name in SET_BY_HAND}
        options = {name: value for name, value in given.items() if value not in (None, "")}
        command(**arguments, options=options)

    own = [
        parameter
        for parameter in inspect.signature(command).parameters.values()
        if parameter.name != "options"
    ]
    added = [_parameter(name, Settings.model_fields[name]) for name in SET_BY_HAND]
    with_options.__signature__ = inspect.Signature([*own, *added])  # type: ignore[attr-defined]
    return with_options


def _parameter(name: str, field: FieldInfo) -> inspect.Parameter:
    option = typer.Option(
        *_flags(name, field),
        help=describe_meaning(field),
        show_default=describe_default(field) or False,
        rich_help_panel="Settings",
    )
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[_option_type(field), option],
    )


def _flags(name: str, field: FieldInfo) -> Sequence[str]:
    flag = option_name(name)
    return [f"{flag}/--no-{flag[2:]}"] if field.annotation is bool else [flag]


def _option_type(field: FieldInfo) -> Any:
    """Return the type for Typer: it completes choices, and the settings check other texts."""
    is_simple = field.annotation is bool or choices(field)
    return Optional[field.annotation if is_simple else str]  # noqa: UP045 - a value, not a type
