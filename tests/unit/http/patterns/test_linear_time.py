"""Every pattern that meets input takes linear time, whatever the input is."""

import re
from itertools import chain
from time import process_time
from typing import Any

import jsonschema_rs
import pytest

from tests.unit.http.patterns import uses
from tests.unit.http.patterns.classes import POSSESSIVE, nodes, parse
from tests.unit.http.patterns.pumps import Pumps
from tests.unit.http.patterns.uses import Use

pytestmark = pytest.mark.canary

SIZE = 60_000
"""Characters of a repeated part; a request's head may have 64 KiB."""

COUNTS = (16, 20, 24, 28, 34, 40, 48, 100, 300, 900, 2_700, 8_000, 24_000)
"""Repetitions that are tried before, so that a slow pattern is found before it takes hours."""

SECONDS = 0.05
"""CPU time for each text. Quadratic time is about 10 seconds."""

ATTEMPTS = 3
"""A slow attempt is repeated: the garbage collector may have run meanwhile."""

USES = [*uses.uses_in_code(), *uses.uses_in_document(), *uses.uses_in_routes()]
DISTINCT = {(use.pattern, use.method): use for use in USES}.values()


def find_slow_text(use: Use) -> str | None:
    """Return a description of the first text that takes too long, or ``None``."""
    found = Pumps(use.pattern)
    for pump in found.pumps:
        for ending in found.failing_endings(pump):
            last = SIZE // len(pump.part)
            for count in (*(each for each in COUNTS if each < last), last):
                if not is_fast(use, pump.text(count, ending)):
                    return f"{pump} {count=} {ending=}"
    return None


def is_fast(use: Use, text: str) -> bool:
    return any(seconds(use, text) < SECONDS for _ in range(ATTEMPTS))


def seconds(use: Use, text: str) -> float:
    start = process_time()
    use.call(text)
    return process_time() - start


@pytest.mark.parametrize("use", DISTINCT, ids=lambda use: f"{use.name}.{use.method}")
def test_a_pattern_takes_linear_time(use: Use) -> None:
    assert find_slow_text(use) is None


def test_every_pattern_of_a_module_has_a_use_that_is_tested() -> None:
    tested = {use.pattern for use in USES}

    assert set(uses.patterns_of_modules()) <= tested
    assert len(tested) > 15


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        ("[ ]*[ ]*x", "fullmatch"),
        (r"a[ \t]*;?[ \t]*", "fullmatch"),
        (r"(?:\s*,?\s*b)*", "fullmatch"),
        ("(?:a|b|ab)*c", "fullmatch"),
        ("(a+)+", "fullmatch"),
        ("x(?:[^,]+,?)*y", "match"),
        ('"[^"]*"(?:a|aa)+$', "search"),
        (" +$", "search"),
        ("(?i)Q(?:kx?|[A-K]x?)*;", "match"),
        ("(?=(?:a*)*b)", "match"),
        (rb"\d+\d+x", "match"),
    ],
)
def test_a_pattern_that_takes_longer_is_found(pattern: Any, method: str) -> None:
    assert find_slow_text(Use("slow", re.compile(pattern), method)) is not None


@pytest.mark.parametrize(
    "pattern", ["[ ]*+[ ]*+x", r"(?:[^,\"]++|\"[^\"]*+\"?+)++", "a*b*c", "(?:a|b)*c", "^ +$"]
)
def test_a_pattern_that_is_linear_is_not_found(pattern: str) -> None:
    assert find_slow_text(Use("linear", re.compile(pattern), "fullmatch")) is None


IN_DOCUMENT = {use.pattern.pattern: use for use in uses.uses_in_document()}


@pytest.mark.parametrize("pattern", IN_DOCUMENT)
def test_a_pattern_of_the_document_is_valid_ecma_262(pattern: str) -> None:
    """Engines of JavaScript have no possessive repeats and no atomic groups."""
    operations = {operation for operation, _ in nodes(parse(re.compile(pattern)))}

    assert not operations & set(POSSESSIVE)
    jsonschema_rs.validate({"format": "regex"}, pattern, validate_formats=True)
    assert pattern.startswith("^")
    assert pattern.endswith("$")


@pytest.mark.parametrize("pattern", ["a++", "(?>a)", r"\Aa", r"a\Z", "(?P<a>b)", "(?i)a", r"\é"])
def test_a_pattern_of_another_dialect_is_found(pattern: str) -> None:
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validate({"format": "regex"}, pattern, validate_formats=True)


def test_patterns_of_the_document_and_the_code_are_found() -> None:
    methods = chain.from_iterable(
        [(use.method for use in uses.uses_in_code()), (use.method for use in uses.uses_in_routes())]
    )

    assert {"fullmatch", "findall", "sub", "match"} <= set(methods)
    assert len(IN_DOCUMENT) >= 4
