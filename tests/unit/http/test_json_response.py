"""A JSON response has the bytes and the headers that Starlette's own would have."""

import json
from typing import Any

import pytest
from starlette.responses import JSONResponse

from entrypoints.http.json_response import JsonResponse

pytestmark = pytest.mark.canary

HEADERS = [None, {}, {"ETag": '"1"', "Location": "/heroes/1"}, {"X-Name": "\xe9"}]


@pytest.mark.parametrize("headers", HEADERS)
@pytest.mark.parametrize("content", [{"name": "Zoë", "age": None}, [], [1, True]])
def test_its_headers_are_those_of_starlettes(content: Any, headers: dict[str, str] | None) -> None:
    ours, theirs = JsonResponse(content, 201, headers), JSONResponse(content, 201, headers)

    assert theirs.status_code == ours.status_code
    assert theirs.raw_headers == ours.raw_headers


def test_its_body_is_the_content_as_json() -> None:
    content = {"name": "Zoë", "powers": [1, None, True, "\u2028"]}

    assert content == json.loads(bytes(JsonResponse(content).body))


def test_a_header_can_be_added_to_it_as_to_starlettes() -> None:
    ours, theirs = JsonResponse({}), JSONResponse({})
    for response in (ours, theirs):
        response.headers["Vary"] = "Accept"

    assert theirs.raw_headers == ours.raw_headers
