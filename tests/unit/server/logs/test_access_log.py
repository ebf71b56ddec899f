"""Access lines are uvicorn's, formatted faster and without the query."""

import logging

import pytest
from uvicorn.logging import AccessFormatter

from entrypoints.server.logs.access_log import AccessLogFormatter

pytestmark = pytest.mark.canary

FORMAT = '%(levelprefix)s %(client_addr)s - "%(request_line)s" %(status_code)s'


def record(path: str, status: int) -> logging.LogRecord:
    arguments = ("127.0.0.1:5000", "GET", path, "1.1", status)
    message = '%s - "%s %s HTTP/%s" %d'
    return logging.LogRecord("uvicorn.access", logging.INFO, "", 0, message, arguments, None)


@pytest.mark.parametrize("status", [200, 404, 422, 503, 599])
@pytest.mark.parametrize("colours", [False, True])
def test_a_line_equals_uvicorns(status: int, colours: bool) -> None:  # noqa: FBT001 - parametrized
    path = "/heroes/%22?"
    uvicorns = AccessFormatter(FORMAT, use_colors=colours)
    ours = AccessLogFormatter(FORMAT, use_colors=colours)

    assert uvicorns.format(record("/heroes/%22", status)) == ours.format(record(path, status))


@pytest.mark.parametrize("colours", [False, True])
def test_a_line_does_not_contain_the_query(colours: bool) -> None:  # noqa: FBT001 - parametrized
    line = AccessLogFormatter(FORMAT, use_colors=colours).format(
        record("/heroes/?name=secret", 200)
    )

    assert "/heroes/" in line
    assert "secret" not in line
