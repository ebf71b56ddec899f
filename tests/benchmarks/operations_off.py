"""``heroes`` without what operators need: ``python -m tests.benchmarks.operations_off serve``.

No setting switches off metrics, request ids, health checks and security headers. So this process
replaces the functions that add them, before it runs the command line.
"""

from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

from fastapi import FastAPI
from starlette.types import ASGIApp

from entrypoints import bootstrap
from entrypoints.api.app import build_app
from entrypoints.cli import cli
from entrypoints.server import protocol
from entrypoints.server.config import ServerConfig
from tests.benchmarks.in_process.bare import bare


def build_bare(*args: Any, **options: Any) -> FastAPI:
    """Return the application of the service, without these parts."""
    return bare(build_app(*args, **{**options, "endpoints": None, "metrics": None}))


def observe(_: ServerConfig, app: ASGIApp) -> ASGIApp:
    """Return the application itself, instead of one whose requests are observed."""
    return app


def skip(*_: object) -> None:
    """Do nothing."""


if __name__ == "__main__":
    with ExitStack() as replaced:
        replaced.enter_context(patch.object(bootstrap, "build_app", build_bare))
        replaced.enter_context(patch.object(ServerConfig, "observe", observe))
        replaced.enter_context(patch.object(protocol, "identify", skip))
        replaced.enter_context(patch.object(protocol, "add_request_id", skip))
        cli()
