"""The bodies of error responses in the OpenAPI document, in each media type, with examples.

The text in braces in an example is replaced for each operation (``examples``).
"""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from fastapi.openapi.constants import REF_TEMPLATE
from pydantic import BaseModel, ConfigDict, Field

from entrypoints.http.accept import VARY
from entrypoints.http.description.examples import PATH
from entrypoints.http.field_types import Int64, remove_defaults
from entrypoints.http.problems import MAX_ERRORS, MEDIA_TYPE, OMITTED, Problem, title

Headers = Mapping[str, Any]

NO_HEADERS: Headers = MappingProxyType({})

PROBLEM = {"$ref": REF_TEMPLATE.format(model=Problem.__name__)}

VARY_HEADER = {
    "Vary": {
        "description": "The request header that selects the media type.",
        "schema": {"type": "string"},
        "example": VARY["Vary"],
    }
}


class Detail(BaseModel):
    """An error as one sentence."""

    detail: str


class ValidationError(BaseModel):
    """A validation error. ``loc`` is the path to the invalid value."""

    type: str = Field(examples=["string_blank"])
    loc: list[str | int] = Field(examples=[["body", "name"]])
    msg: str = Field(examples=["String should not be blank"])


class HTTPValidationError(BaseModel):
    """The first 100 validation errors of a request."""

    model_config = ConfigDict(json_schema_extra=remove_defaults)

    detail: list[ValidationError] = Field(max_length=MAX_ERRORS)
    omitted: Int64 = Field(default=0, description=OMITTED, examples=[17])


def document_detail(status: HTTPStatus, description: str, detail: str) -> dict[str, Any]:
    """Document an error whose body is one sentence, in JSON or as a problem."""
    body = {"detail": detail}
    return document_negotiated(status, description, Detail, body, body)


def document_negotiated(
    status: HTTPStatus,
    description: str,
    model: type[BaseModel],
    example: dict[str, Any],
    problem_example: dict[str, Any],
) -> dict[str, Any]:
    """Document a response in two media types: JSON, or a problem if the client prefers it."""
    content = {
        "application/json": {"example": example},
        MEDIA_TYPE: _document_problem_body(status, problem_example),
    }
    return {"description": description, "model": model, "headers": VARY_HEADER, "content": content}


def document_problem(
    status: HTTPStatus, description: str, detail: str, headers: Headers = NO_HEADERS, **members: Any
) -> dict[str, Any]:
    """Document an error that is always a problem, with further members and headers."""
    content = {MEDIA_TYPE: _document_problem_body(status, {"detail": detail, **members})}
    return {"description": description, "headers": dict(headers), "content": content}


def _document_problem_body(status: HTTPStatus, example: dict[str, Any]) -> dict[str, Any]:
    body = {
        "type": "about:blank",
        "title": title(status),
        "status": int(status),
        "detail": "",
        "instance": PATH,
    }
    return {"schema": PROBLEM, "example": body | example}


MALFORMED = document_problem(
    HTTPStatus.BAD_REQUEST,
    "The request is malformed HTTP, or did not arrive in time.",
    "The request was not received in time.",
)
"""The documentation of 400 for requests whose body is not parsed."""
