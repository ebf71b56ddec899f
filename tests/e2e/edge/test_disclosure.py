"""What responses let other origins read, and what clients can write into the log."""

import httpx2
import pytest

from tests.e2e.edge.responses import talk
from tests.e2e.raw_http import request
from tests.support.missing import NOWHERE
from tests.support.served import Served

pytestmark = pytest.mark.canary

ORIGIN = "https://evil.example"
PREFLIGHT = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
FORGED = "6.6.6.6"


@pytest.mark.parametrize("path", ["/heroes/", "/heroes/1", "/openapi.json", "/docs", NOWHERE])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_no_response_lets_another_origin_read_it(server: Served, method: str, path: str) -> None:
    response = httpx2.request(method, server.url + path, headers=PREFLIGHT)

    assert [] == [name for name in response.headers if name.startswith("access-control-")]


@pytest.mark.parametrize(
    "target",
    [
        f"/x%0AINFO:     {FORGED} - forged".replace(" ", "%20"),
        f"/x%0D%0A{FORGED}",
        f"/x%C2%85{FORGED}",
        f"/x%E2%80%A8{FORGED}",
        f"/x%1B[2K{FORGED}",
    ],
)
def test_a_path_can_not_add_a_line_to_the_log(server: Served, target: str) -> None:
    talk(server.address, request(target.encode(), b"Connection: close"))
    server.wait_until_printed(FORGED, 1)

    *_, line = (line for line in server.output().splitlines() if FORGED in line)
    assert line.partition(" ")[2].startswith("INFO:     127.0.0.1:")
    assert line.isprintable()
