"""Routes of all kinds: those that are compiled, and those that are left to FastAPI."""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import (
    BackgroundTasks,
    Body,
    Cookie,
    Depends,
    FastAPI,
    Header,
    HTTPException,
    Path,
    Query,
    Request,
    Security,
)
from fastapi.exceptions import RequestValidationError
from fastapi.requests import HTTPConnection
from fastapi.responses import JSONResponse, Response
from fastapi.security import APIKeyHeader, HTTPBearer, SecurityScopes
from pydantic import AfterValidator, BaseModel, Field, Json


class Colour(Enum):
    RED = "red"


class Part(BaseModel):
    name: str = Field(min_length=2)
    size: int | None = Field(default=None, ge=0)


class Thing(BaseModel):
    parts: list[Part] = []
    part: Part | None = None


def refuse_seven(value: int) -> int:
    if value == 7:
        raise ValueError("not seven")
    return value


async def show(**values: Any) -> Response:
    return JSONResponse({name: repr(value) for name, value in values.items()})


async def scalars(  # noqa: PLR0913, PLR0917 - of each kind one
    number: Annotated[int, Path(ge=0, le=99)],
    required: int,
    real: float = 1.5,
    text: Annotated[str, Query(pattern="^[a-c]*$", max_length=3)] = "a",
    flag: bool = False,  # noqa: FBT001, FBT002
    maybe: Annotated[int | None, AfterValidator(lambda value: value)] = None,
    colour: Colour = Colour.RED,
    day: date | None = None,
    uuid: UUID | None = None,
    seven: Annotated[int, AfterValidator(refuse_seven), Query(alias="s-even")] = 7,
    x_token: Annotated[str | None, Header()] = None,
    x_count: Annotated[int, Header(le=5)] = 0,
    session: Annotated[str | None, Cookie()] = None,
) -> Response:
    return await show(**locals())


async def validated_default(
    number: Annotated[int, Query(validate_default=True, ge=3)] = 2,
) -> Response:
    return await show(number=number)


async def made_default(number: Annotated[int, Query(default_factory=lambda: 5)]) -> Response:
    return await show(number=number)


async def one_body(number: int, thing: Thing, request: Request) -> Response:
    return await show(number=number, thing=thing, path=request.url.path)


async def optional_body(thing: Thing | None = None) -> Response:
    return await show(thing=thing)


async def any_body(content: Annotated[Any, Body()]) -> Response:
    return await show(content=content)


async def strings(text: Annotated[str, Body(min_length=2)]) -> Response:
    return await show(text=text)


async def two_bodies(thing: Thing, part: Part) -> Response:
    return await show(thing=thing, part=part)


async def embedded(thing: Annotated[Thing, Body(embed=True)]) -> Response:
    return await show(thing=thing)


async def lists(number: Annotated[list[int], Query()]) -> Response:
    return await show(number=number)


async def json_text(value: Annotated[Json[list[int]], Query()]) -> Response:
    return await show(value=value)


class Filters(BaseModel):
    limit: int = 1
    model_config = {"extra": "forbid"}


async def models(filters: Annotated[Filters, Query()]) -> Response:
    return await show(filters=filters)


async def literals(kind: Literal["a", "b"]) -> Response:
    return await show(kind=kind)


async def user(connection: HTTPConnection) -> str:
    return connection.headers.get("x-user", "nobody")


async def session(request: Request, name: Annotated[str, Depends(user)]) -> AsyncIterator[str]:
    if name == "stranger":
        raise HTTPException(401, "who?")
    request.app.state.events.append(f"opened for {name}")
    yield f"session of {name}"
    request.app.state.events.append("closed")


Session = Annotated[str, Depends(session, scope="function")]


async def lasting(request: Request) -> AsyncIterator[str]:
    yield "until the response has been sent"
    request.app.state.events.append("lasted")


async def lasts(value: Annotated[str, Depends(lasting)], opened: Session) -> Response:
    return await show(value=value, opened=opened)


async def audited(opened: Session) -> str:
    return f"audited {opened}"


async def dependent(  # noqa: PLR0913, PLR0917 - of each kind one
    number: Annotated[int, Query(ge=1)],
    opened: Session,
    audit: Annotated[str, Depends(audited)],
    again: Session,
    token: Annotated[str | None, Depends(APIKeyHeader(name="x-key", auto_error=False))],
    request: Request,
) -> Response:
    request.app.state.events.append("called")
    return await show(number=number, opened=opened, audit=audit, again=again, token=token)


async def secured(credentials: Annotated[Any, Depends(HTTPBearer())], number: int) -> Response:
    return await show(credentials=credentials, number=number)


async def scoped_user(scopes: SecurityScopes) -> str:
    return scopes.scope_str


async def scoped(user: Annotated[str, Security(scoped_user, scopes=["a"])]) -> Response:
    return await show(user=user)


def threaded() -> Iterator[str]:
    yield "in a thread"


async def threads(value: Annotated[str, Depends(threaded)]) -> Response:
    return await show(value=value)


async def in_a_dependency(number: Annotated[int, Query(ge=5)]) -> int:
    return number


async def nested(
    number: Annotated[int, Depends(in_a_dependency)], other: int, opened: Session
) -> Response:
    return await show(number=number, other=other, opened=opened)


async def undeclared(number: int):  # type: ignore[no-untyped-def]  # noqa: ANN201
    return await show(number=number)


async def model(name: str) -> Part:
    return Part(name=name)


async def against_its_word(request: Request, opened: Session, name: str) -> Response:
    request.app.state.events.append(opened)
    return Part(name=name)  # type: ignore[return-value]


def thread(number: int) -> Response:
    return Response(str(number))


async def background(tasks: BackgroundTasks, number: int, request: Request) -> Response:
    tasks.add_task(request.app.state.events.append, f"task {number}")
    return Response("later")


async def with_headers(response: Response, number: int) -> Response:
    response.headers["x-number"] = str(number)
    return Response("x")


async def failing(number: int, opened: Session) -> Response:
    raise (HTTPException(418, opened) if number else RuntimeError(opened))


GETS: dict[str, Any] = {
    "/scalars/{number}": scalars,
    "/validated-default": validated_default,
    "/made-default": made_default,
    "/lasts": lasts,
    "/lists": lists,
    "/json-text": json_text,
    "/models": models,
    "/literals": literals,
    "/dependent": dependent,
    "/secured": secured,
    "/scoped": scoped,
    "/threads": threads,
    "/nested": nested,
    "/undeclared": undeclared,
    "/model": model,
    "/thread": thread,
    "/background": background,
    "/with-headers": with_headers,
    "/failing": failing,
}
POSTS: dict[str, Any] = {
    "/one-body": one_body,
    "/optional-body": optional_body,
    "/any-body": any_body,
    "/strings": strings,
    "/two-bodies": two_bodies,
    "/embedded": embedded,
}
COMPILED = {
    "/scalars/{number}",
    "/validated-default",
    "/made-default",
    "/dependent",
    "/secured",
    "/failing",
    "/against-its-word",
    "/one-body",
    "/optional-body",
    "/any-body",
    "/strings",
    "/lenient",
}
"""The paths of the routes that are compiled."""


async def explain(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return JSONResponse([repr(error.errors()), repr(error.body), str(error)], status_code=422)


def declare(app: FastAPI) -> None:
    """Add all routes, and an error handler that shows all of a validation error."""
    app.state.events = []
    app.add_exception_handler(RequestValidationError, explain)
    for path, endpoint in GETS.items():
        app.get(path)(endpoint)
    for path, endpoint in POSTS.items():
        app.post(path)(endpoint)
    app.get("/against-its-word", status_code=203, response_model=Part)(against_its_word)
    app.router.add_api_route("/lenient", any_body, methods=["POST"], strict_content_type=False)
