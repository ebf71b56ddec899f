"""The lines of a server whose log is JSON."""

import json
from typing import Any


def parse_lines(output: str) -> list[dict[str, Any]]:
    """Return the fields of each line. Raises ``ValueError`` if a line is not a JSON object."""
    lines = [json.loads(line) for line in output.splitlines()]
    if not all(isinstance(line, dict) for line in lines):
        raise ValueError("a line is not an object")
    return lines


def parse_requests(output: str) -> list[dict[str, Any]]:
    """Return the fields of the lines of requests."""
    return [line for line in parse_lines(output) if line["event"] == "request"]
