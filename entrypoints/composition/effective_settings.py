"""The settings for operators: the value of each, without secrets, and its source."""

from collections.abc import Sequence
from typing import NamedTuple

from pydantic_settings import DotEnvSettingsSource, EnvSettingsSource

from adapters.database import hide_secrets
from entrypoints.setting_names import without_injected
from entrypoints.setting_texts import format_value
from entrypoints.settings import PREFIX, SETTINGS_FILE, Settings

ENVIRONMENT = "environment"
DEFAULT = "default"


class EffectiveSetting(NamedTuple):
    """A setting: its environment variable, its value as in that, and its source."""

    variable: str
    value: str
    source: str


def find_effective_settings(settings: Settings) -> Sequence[EffectiveSetting]:
    """Return the settings that ``load_settings`` has read, in the order of their declaration.

    Passwords and options in URLs are hidden.
    """
    environment = without_injected(EnvSettingsSource(Settings).env_vars)
    file = without_injected(DotEnvSettingsSource(Settings).env_vars)

    def find_source(variable: str) -> str:
        if variable.lower() in environment:
            return ENVIRONMENT
        return SETTINGS_FILE if variable.lower() in file else DEFAULT

    return [
        EffectiveSetting(variable, _format_safely(name, value), find_source(variable))
        for name, value in settings
        if (variable := f"{PREFIX}{name.upper()}")
    ]


def _format_safely(name: str, value: object) -> str:
    if name.startswith("database_") and isinstance(value, str):
        return format_value(hide_secrets(value))
    text = format_value(value)
    if name.endswith("_url"):  # its query may be a secret
        before, question_mark, _ = text.partition("?")
        return before + (question_mark and "?***")
    return text
