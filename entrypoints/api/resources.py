"""The resources that the application serves."""

from collections.abc import Sequence

from fastapi import APIRouter

from entrypoints.api.heroes import routes as heroes

RESOURCES: Sequence[tuple[APIRouter, dict[str, str]]] = [
    (heroes.router, heroes.TAG),
]
"""The routes of each, and its tag for the OpenAPI document, in the order of that document."""
