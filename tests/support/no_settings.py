"""A folder without a settings file, in an environment without settings."""

from pathlib import Path

import pytest

from entrypoints.settings import Settings


def enter_without_settings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the folder the working directory, and remove all settings from the environment."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"HEROES_{name.upper()}", raising=False)
    monkeypatch.chdir(folder)
    return folder
