"""Names of environment variables: misspelt settings, unknown ones, and those of Kubernetes."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MAX_EDITS = 2
"""Maximum edit distance between a misspelt name and that of the setting."""

MAX_LISTED = 10
"""Names that a message lists. Kubernetes may inject hundreds."""

SERVICE_ADDRESS = re.compile(r"(?:tcp|udp|sctp)://")
SERVICE_NAME = re.compile(r"SERVICE_HOST$|SERVICE_PORT(?:_|$)|PORT_\d+_(?:TCP|UDP|SCTP)(?:_|$)")


@dataclass(frozen=True, slots=True)
class Names:
    """The variables that are no settings, in upper case. The last two have the prefix."""

    misspelt: Mapping[str, str]
    """Each with the name of the setting that is probably meant."""

    unknown: tuple[str, ...]
    injected: tuple[str, ...]
    """Those that Kubernetes injects for its Services."""


def is_injected(name: str, value: str | None) -> bool:
    """Return whether Kubernetes injects the variable into the containers beside a Service.

    A Service named like the prefix has ``PORT=tcp://10.96.0.12:8000``, no port to listen on.
    """
    name = name.upper()
    if name.endswith("PORT") and SERVICE_ADDRESS.match(value or ""):
        return True
    return SERVICE_NAME.search(name) is not None


def without_injected(variables: Mapping[str, str | None]) -> Mapping[str, str | None]:
    """Return the variables without those that Kubernetes injects."""
    return {name: value for name, value in variables.items() if not is_injected(name, value)}


def classify(variables: Mapping[str, str | None], settings: Iterable[str], prefix: str) -> Names:
    """Classify the variables. Case does not count.

    A prefix may be misspelt too: every name that is nearly that of a setting counts.
    """
    known = [f"{prefix}{setting.upper()}" for setting in settings]
    misspelt: dict[str, str] = {}
    unknown: list[str] = []
    injected: list[str] = []
    for variable, value in variables.items():
        name = variable.upper()
        if is_injected(name, value):
            injected.append(name)
        elif name not in known:
            if meant := _closest(name, known):
                misspelt[name] = meant
            else:
                unknown.append(name)
    return Names(misspelt, _with(prefix, unknown), _with(prefix, injected))


def format_names(names: Iterable[str]) -> str:
    """Return the names in one line, at most ``MAX_LISTED``, without control characters."""
    printable = [ascii(name)[1:-1] for name in names]
    omitted = len(printable) - MAX_LISTED
    rest = f" and {omitted} more" if omitted > 0 else ""
    return ", ".join(printable[:MAX_LISTED]) + rest


def _with(prefix: str, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name.startswith(prefix))


def _closest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name with the fewest edits, if these are at most ``MAX_EDITS``."""
    edits = {each: _distance(name.replace("_", ""), each.replace("_", "")) for each in known}
    closest = min(edits, key=edits.__getitem__)
    return closest if edits[closest] <= MAX_EDITS else None


def _distance(a: str, b: str) -> int:
    """Return the Levenshtein distance, or a number over ``MAX_EDITS`` if it is that large."""
    if abs(len(a) - len(b)) > MAX_EDITS:
        return MAX_EDITS + 1
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, right in enumerate(b, 1):
            substituted = diagonal + (left != right)
            diagonal = row[j]
            row[j] = min(substituted, row[j] + 1, row[j - 1] + 1)
        if min(row) > MAX_EDITS:  # it only grows
            break
    else:
        return row[-1]
    return MAX_EDITS + 1
