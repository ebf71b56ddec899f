"""Whether the routes under test are compiled, or have FastAPI's own handlers."""

import os

from entrypoints.http.compiled import route

ARE_COMPILED = os.environ.get("TEST_COMPILED_ROUTES", "true") != "false"
"""``make interpreted`` sets the variable to ``false``."""

SETTING = {} if ARE_COMPILED else {"compiled_routes": "false"}
"""The settings with which a server process uses the same handlers."""


def switch_off_compiled_routes() -> None:
    """Leave all routes to FastAPI, in every application of this process."""

    def is_switched_on(app: object) -> bool:  # noqa: ARG001 - the signature of what it replaces
        return False

    route.is_switched_on = is_switched_on
