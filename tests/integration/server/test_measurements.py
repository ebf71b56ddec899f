"""What the server of a process counts: connections, requests that wait, and refusals."""

from starlette.types import Receive, Scope, Send

from entrypoints.server.config import ServerConfig
from tests.integration.server.connecting import configure, connect
from tests.support.measurements import read
