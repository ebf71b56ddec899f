"""``docs/operations.md`` explains each message of the log that belongs to a 503."""

import ast
import re
import sqlite3
from collections.abc import Iterable, Iterator

import pytest

from adapters.postgres import errors as postgres_errors
from adapters.sqlite import errors as sqlite_errors
from tests.unit.test_security_page import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text()

ERRORS = {"StoreUnavailable", "StoreBusy", "OutcomeUnknown"}
"""The errors of the database whose message is logged beside a 503."""

OF_COMMIT_GROUPS = {"StoreConflict"}
"""An error of one unit of work whose message others get, because they share its COMMIT."""

WORD = re.compile("[a-z]{2}")


def patterns_of(folder: str, functions: Iterable[str]) -> Iterator[str]:
    """Yield a pattern for each literal message that is passed to one of the functions."""
    for module in sorted((ROOT / folder).rglob("*.py")):
        nodes = list(ast.walk(ast.parse(module.read_text())))
        variables = {
            target.id: node.value
            for node in nodes
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in nodes:
            if isinstance(node, ast.Call) and node.args and _name(node.func) in functions:
                message = node.args[0]
                if isinstance(message, ast.Name):
                    message = variables.get(message.id, message)
                if WORD.search(pattern := _pattern(message)):
                    yield pattern


def _name(function: ast.expr) -> str:
    return ast.unparse(function).rpartition(".")[2]


def _pattern(message: ast.expr) -> str:
    """Return a regular expression for the texts of a literal, or an empty text."""
    if isinstance(message, ast.Constant):
        return re.sub(r"%[sdrg]", ".+", re.escape(str(message.value)))
    parts = message.values if isinstance(message, ast.JoinedStr) else []
    return "".join(_pattern(part) if isinstance(part, ast.Constant) else ".+" for part in parts)


def exactly(messages: Iterable[str]) -> set[str]:
    return {re.escape(message) for message in messages}


OUTDATED = sqlite_errors.error_message(sqlite3.OperationalError("no such table: hero"))

OF_THE_START = set(patterns_of("entrypoints/http/compiled", {"warning"}))
"""Messages that belong to no request."""

PATTERNS = {
    "SQLite": {
        *exactly(sqlite_errors.OPERATIONAL_ERRORS.values()),
        *exactly(["the schema is not up to date; run the migrations"]),
        *patterns_of("adapters/sqlite", ERRORS | OF_COMMIT_GROUPS),
    },
    "PostgreSQL": {
        *exactly(postgres_errors.OPERATIONAL_ERRORS.values()),
        *exactly(postgres_errors.DRIVER_ERRORS.values()),
        *patterns_of("adapters/postgres", ERRORS),
        *patterns_of("adapters/sql", ERRORS),
        *patterns_of("adapters/plain", ERRORS),
    },
    "The server": {
        *patterns_of("entrypoints/server", {"OverloadLog"}),
        *set(patterns_of("entrypoints/http", {"warning"})) - OF_THE_START,
        *patterns_of("adapters/tokens", {"AuthenticationUnavailable"}),
    },
}
"""Section of the page, and patterns of what the code writes."""


def rows(section: str) -> list[str]:
    """Return the first cells of the table of a section."""
    _, _, text = PAGE.partition(f"\n### {section}\n")
    cells = re.findall(r"^\| ([^|]+?) \|", re.split(r"\n#", text)[0], re.MULTILINE)
    return [cell for cell in cells[1:] if not cell.startswith("---")]


def are_matched(pattern: str, texts: Iterable[str]) -> bool:
    """Return whether the pattern, with or without a code in parentheses, matches a text."""
    return any(re.fullmatch(pattern.removesuffix(r"\ \(.+\)"), text) for text in texts)


@pytest.mark.parametrize(
    ("section", "pattern"),
    [(section, pattern) for section in PATTERNS for pattern in sorted(PATTERNS[section])],
)
def test_each_message_has_a_row(section: str, pattern: str) -> None:
    assert are_matched(pattern, rows(section))
