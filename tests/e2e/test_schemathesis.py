"""Whatever the OpenAPI document allows or forbids, the server answers as the document says."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CheckFunction
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    unsupported_method,
)

from entrypoints.api.app import build_app
from tests.fakes import FakeDatabase
from tests.served import Served

TUTORIAL_IS_LAXER: list[CheckFunction] = [negative_data_rejection]
"""Like the tutorial, the service reads an age of "12" or false as a number; the document does not
mention it, so that nobody starts to rely on it."""

OF_BATCHES: list[CheckFunction] = [
    unsupported_method,
    allow_header_conformance,
    positive_data_acceptance,
]
"""To the methods of one hero, the batch's path is an id that is no number: 422, not 405. And no
document can say that a batch names an id once."""

api = schemathesis.openapi.from_dict(build_app(FakeDatabase()).openapi())
accepted = api.config.checks.positive_data_acceptance
accepted.expected_statuses = [*accepted.expected_statuses, "412"]  # no document can say which tag


@api.parametrize()
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_operation_keeps_the_document(case: schemathesis.Case[Any], server: Served) -> None:
    excluded = TUTORIAL_IS_LAXER + (OF_BATCHES if case.path.endswith("/batch") else [])
    case.call_and_validate(base_url=server.url, excluded_checks=excluded)
