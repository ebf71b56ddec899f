"""``heroes settings``: the effective settings, or ``.env.example``."""

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Annotated

import typer

from entrypoints.commands.exit_codes import exit_on_error, print_line, print_warning
from entrypoints.composition.effective_settings import EffectiveSetting, find_effective_settings
from entrypoints.setting_texts import choices, describe_default, describe_meaning, describe_range
from entrypoints.settings import PREFIX, Settings, load_settings

WIDTH = 100
"""Characters of a line of the settings file."""

Example = Annotated[
    bool, typer.Option("--example", help="Print a settings file with all defaults instead.")
]


def print_settings(*, example: Example = False) -> None:
    """Print each setting with its value and its source: environment, .env or default.

    Passwords in URLs are hidden.
    """
    with exit_on_error():
        if example:
            lines = format_example()
        else:
            lines = format_settings(find_effective_settings(load_settings(print_warning)))
        for line in lines:
            print_line(line)


def format_settings(effective: Sequence[EffectiveSetting]) -> Iterator[str]:
    """Yield a line for each setting: its variable and value, and its source in a column."""
    width = max(len(each.variable) + len(each.value) for each in effective) + 1
    for variable, value, source in effective:
        yield f"{f'{variable}={value}'.ljust(width)}  # {source}"


def format_example() -> Iterator[str]:
    """Yield the lines of a settings file in which every setting has its default, as a comment."""
    yield "# The settings and their defaults, as `heroes settings --example` prints them."
    yield "# Copy this file to .env, and remove the # before what you change. An empty value counts"
    yield "# as not set. docs/settings.md explains each setting."
    for name, field in Settings.model_fields.items():
        values = describe_range(field) or ", ".join(choices(field))
        text = f"{describe_meaning(field)}{values and f' Values: {values}.'}"
        yield ""
        yield from wrap(text, WIDTH, initial_indent="# ", subsequent_indent="# ")
        yield f"#{PREFIX}{name.upper()}={describe_default(field)}"
