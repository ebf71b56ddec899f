"""Callbacks for the calls with which this process makes changes of files durable.

Only functions of ``os`` are wrapped. The files and the calls are real.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FUNCTIONS = ("fsync", "link", "rename", "unlink")

Event = tuple[str, str]
"""The function, and the name of the file: for ``link`` and ``rename`` the new one."""

_listeners: list[Callable[[Event], None]] = []


@contextmanager
def on_file_event(listener: Callable[[Event], None]) -> Iterator[None]:
    """Call ``listener`` before each of the calls."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def _wrap(name: str) -> None:
    function = getattr(os, name)

    def call(*args: Any, **options: Any) -> Any:
        is_open = name == "fsync"
        path = Path(f"/proc/self/fd/{args[0]}").readlink() if is_open else Path(args[-1])
        for listener in _listeners:
            listener((name, path.name))
        return function(*args, **options)

    setattr(os, name, call)


# Installed on import, so that modules which have imported ``os`` use the wrappers.
for _name in FUNCTIONS:
    _wrap(_name)
