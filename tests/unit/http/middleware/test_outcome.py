"""The 503 of a cancelled request says whether its changes may be stored."""

import json
from typing import Any

import pytest

from entrypoints.http.middleware.outcome import UNIT_OF_WORK, cancelled_response
from service_layer.unit_of_work import UnitOfWork
from tests.fakes.database import FakeDatabase

RETRY = "Try again later."
ROLLED_BACK = "Nothing was changed. Try again later."
OUTCOME_UNKNOWN = "The outcome is unknown: check before you retry."


async def committed() -> UnitOfWork:
    uow = FakeDatabase().writing()
    await uow.commit()
    return uow


async def rolled_back() -> UnitOfWork:
    return FakeDatabase().writing()


def detail_of(method: str, uow: object = None) -> str:
    path = "/things/1"
    scope: dict[str, Any] = {"method": method, "path": path, "raw_path": path.encode()}
    if uow is not None:
        scope[UNIT_OF_WORK] = uow
    response = cancelled_response("It was cancelled.", scope)
    detail: str = json.loads(bytes(response.body))["detail"]
    return detail


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
async def test_a_write_that_called_commit_has_an_unknown_outcome(method: str) -> None:
    assert f"It was cancelled. {OUTCOME_UNKNOWN}" == detail_of(method, await committed())


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
async def test_a_write_that_did_not_call_commit_has_changed_nothing(method: str) -> None:
    assert f"It was cancelled. {ROLLED_BACK}" == detail_of(method, await rolled_back())


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
@pytest.mark.parametrize("uow", [None, object()])
def test_a_write_of_which_nothing_is_known_has_an_unknown_outcome(method: str, uow: object) -> None:
    assert f"It was cancelled. {OUTCOME_UNKNOWN}" == detail_of(method, uow)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_read_can_be_repeated(method: str) -> None:
    assert f"It was cancelled. {RETRY}" == detail_of(method)
