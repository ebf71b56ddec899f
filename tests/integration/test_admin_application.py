"""What the admin listener serves beside the health checks: the metrics."""

import httpx2
import pytest
from starlette.types import ASGIApp

from entrypoints.bootstrap import Migrating, make_apps
from entrypoints.http.browsers.security_headers import SECURITY_HEADERS
from entrypoints.server.stop_flag import StopFlag
from entrypoints.settings import Settings


@pytest.fixture
def admin() -> ASGIApp:
    given = {"database_url": "sqlite:///unused.db", "auth": "api-key", "admin_port": 0}
    settings = Settings.model_validate(given)
    return make_apps(StopFlag(), migrating=Migrating.NEVER, settings=settings).admin


async def test_metrics_need_no_credential_and_are_only_read(admin: ASGIApp) -> None:
    transport = httpx2.ASGITransport(admin)
    async with httpx2.AsyncClient(transport=transport, base_url="http://any") as client:
        got, head = await client.get("/metrics"), await client.head("/metrics")
        options = await client.options("/metrics")
        others = [await client.request(method, "/metrics") for method in ("POST", "DELETE")]

    assert (200, 200, b"") == (got.status_code, head.status_code, head.content)
    assert "target_info{" in got.text
    assert dict(SECURITY_HEADERS) == {name: got.headers[name] for name in SECURITY_HEADERS}
    assert (204, b"") == (options.status_code, options.content)
    assert [(405, "GET, HEAD, OPTIONS")] * 2 == [
        (each.status_code, each.headers["allow"]) for each in others
    ]
