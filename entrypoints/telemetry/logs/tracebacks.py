"""Tracebacks without the messages of exceptions of other libraries.

Such a message may contain a value of a request or of a row, as those of ``KeyError``, pydantic and
database drivers do. The service's own exceptions contain no such value.
"""

import traceback
from collections.abc import Iterator

OWN_PACKAGES = frozenset({"adapters", "domain", "entrypoints", "service_layer"})

MAX_EXCEPTIONS = 10
"""Maximum number of exceptions in a traceback, with causes, contexts and members of groups."""

MAX_FRAMES = 50
"""Maximum number of frames of an exception: the innermost ones are shown."""

CAUSE = "\nThe above exception was the direct cause of the following exception:\n\n"
CONTEXT = "\nDuring handling of the above exception, another exception occurred:\n\n"
MEMBER = "\nThe above exception contains the following one:\n\n"


def format_exception(error: BaseException) -> str:
    """Return the traceback of the exception and of its causes, without a final newline."""
    shown: list[BaseException] = []
    return "".join(_format(error, shown)).rstrip("\n")


def _format(error: BaseException, shown: list[BaseException]) -> Iterator[str]:
    if len(shown) == MAX_EXCEPTIONS or any(error is each for each in shown):
        return
    shown.append(error)
    if error.__cause__ is not None:
        yield from _followed_by(CAUSE, error.__cause__, shown)
    elif error.__context__ is not None and not error.__suppress_context__:
        yield from _followed_by(CONTEXT, error.__context__, shown)
    yield "Traceback (most recent call last):\n"
    yield from traceback.format_tb(error.__traceback__, limit=-MAX_FRAMES)
    yield f"{describe_exception(error)}\n"
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            if text := "".join(_format(member, shown)):
                yield MEMBER + text


def _followed_by(sentence: str, error: BaseException, shown: list[BaseException]) -> Iterator[str]:
    if text := "".join(_format(error, shown)):
        yield text + sentence


def describe_exception(error: BaseException) -> str:
    """Return the class of the exception, and its message if it is one of the service's own.

    The message of an ``OSError`` is that of the system.
    """
    kind = type(error)
    name = kind.__qualname__
    if kind.__module__.partition(".")[0] in OWN_PACKAGES:
        return f"{kind.__module__}.{name}: {error}"
    if isinstance(error, OSError) and error.strerror:
        return f"{name}: {error.strerror}"
    return name if kind.__module__ == "builtins" else f"{kind.__module__}.{name}"
