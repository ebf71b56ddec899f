"""The rate limit counts requests for their principal, also those that authentication refuses."""

from typing import Any

import pytest
from fastapi import FastAPI

from entrypoints.api.app import Limits, build_app
from entrypoints.quotas import Quota
from tests.fakes.authenticator import FakeAuthenticator
from tests.fakes.database import FakeDatabase
from tests.unit.api.authentication.calls import call

QUOTA = 3
OTHER = {"client": ("192.0.2.2", 1234)}


@pytest.fixture
def app() -> FastAPI:
    limits = Limits(rate=Quota(QUOTA, 86_400))
    return build_app(FakeDatabase(), authenticator=FakeAuthenticator(), limits=limits)


async def get(app: FastAPI, *authorization: str, **changes: Any) -> int:
    return (await call(app, "GET", "/heroes/", *authorization, **changes)).status


async def use_up(app: FastAPI, status: int, *authorization: str, **changes: Any) -> None:
    for _ in range(QUOTA):
        assert status == await get(app, *authorization, **changes)
    assert 429 == await get(app, *authorization, **changes)


async def test_a_principal_has_one_quota_whatever_its_address(app: FastAPI) -> None:
    await use_up(app, 200, "Bearer alice")

    assert 429 == await get(app, "Bearer alice", **OTHER)
    assert 200 == await get(app, "Bearer bob")


@pytest.mark.parametrize("authorization", [(), ("Bearer unknown",), ("Basic YWxpY2U6",)])
async def test_requests_without_a_valid_credential_are_counted_for_the_address(
    app: FastAPI, authorization: tuple[str, ...]
) -> None:
    await use_up(app, 401, *authorization)

    assert 429 == await get(app, "Bearer another")
    assert 401 == await get(app, *authorization, **OTHER)


async def test_a_principal_is_served_whatever_others_at_its_address_send(app: FastAPI) -> None:
    await use_up(app, 401, "Bearer unknown")

    assert 200 == await get(app, "Bearer alice")


async def test_requests_without_the_scope_are_counted_for_the_principal(app: FastAPI) -> None:
    await use_up(app, 403, "Bearer writer")

    assert 401 == await get(app)


async def test_a_refused_request_says_what_is_left(app: FastAPI) -> None:
    refused = await call(app, "POST", "/heroes/")

    assert (401, 0) == (refused.status, refused.received)
    assert '"default";r=2;t=57600' == refused.headers["ratelimit"]
    assert "Bearer" == refused.headers["www-authenticate"]


async def test_what_needs_no_credential_is_counted_for_the_address(app: FastAPI) -> None:
    for _ in range(QUOTA):
        assert 200 == (await call(app, "GET", "/openapi.json")).status

    assert 429 == (await call(app, "GET", "/openapi.json")).status
    assert 404 == (await call(app, "GET", "/livez")).status
