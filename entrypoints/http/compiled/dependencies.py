"""Dependencies, in the order in which FastAPI calls them, each called once a request."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from inspect import isasyncgenfunction, iscoroutinefunction, isroutine
from typing import Any

from anyio import CancelScope
from anyio.lowlevel import checkpoint_if_cancelled
from fastapi.dependencies.models import Dependant
from fastapi.responses import Response

from entrypoints.http.compiled.left import LeftToFastAPI
from entrypoints.http.compiled.scopes import may_be_in_scope

FIELDS = ("path_params", "query_params", "header_params", "cookie_params", "body_params")
NAMES = (
    "websocket_param_name",
    "response_param_name",
    "background_tasks_param_name",
    "security_scopes_param_name",
)
SCOPES = ("own_oauth_scopes", "parent_oauth_scopes")

Slots = Mapping[str, int]
"""The parameters of a function, and the places of their arguments in ``Solved``."""

Solved = list[Any]
"""The request, its body, what shields the exits of generators, and the values of dependencies."""

REQUEST, BODY, CLEANUP, FIRST = range(4)
"""The places in ``Solved``."""

Solve = Callable[[Solved], Awaitable[Response | None]]
"""Calls the remaining dependencies, and the endpoint. ``None`` if a dependency hides an error."""


@dataclass(frozen=True)
class Step:
    """A dependency, and where its arguments are."""

    call: Callable[..., Any]
    slots: Slots


@dataclass
class Steps:
    """The dependencies of a route. Children are called before the dependency that has them."""

    steps: list[Step] = field(default_factory=list)
    places: dict[tuple[Any, str | None], int] = field(default_factory=dict)

    def find_slots(self, dependant: Dependant) -> Slots:
        """Add all dependencies, and return where the arguments of the ``Dependant`` are.

        These do not include its own fields. Raises ``LeftToFastAPI``.
        """
        _check_names(dependant)
        slots = {}
        for each in dependant.dependencies:
            place = self._add(each)
            if each.name is not None:
                slots[each.name] = place
        for name in (dependant.http_connection_param_name, dependant.request_param_name):
            if name is not None:
                slots[name] = REQUEST
        return slots

    def _add(self, dependant: Dependant) -> int:
        call = _check(dependant)
        slots = self.find_slots(dependant)
        key = (call, dependant.scope)
        if key not in self.places:  # a dependency is called once for each scope
            self.steps.append(Step(call, slots))
            self.places[key] = FIRST + len(self.steps) - 1
        return self.places[key]


def chain(steps: Sequence[Step], last: Solve) -> Solve:
    """Return a function that calls the steps in turn, and then ``last``."""
    shielded = _open_cleanup_then(_chain(steps, last, _enter_shielded_then))
    plain = _chain(steps, last, _enter_then)

    def solve(solved: Solved) -> Awaitable[Response | None]:
        return (shielded if may_be_in_scope() else plain)(solved)

    return solve if any(is_generator(step.call) for step in steps) else plain


def _chain(steps: Sequence[Step], last: Solve, enter_then: Callable[[Step, Solve], Solve]) -> Solve:
    for step in reversed(steps):
        last = (enter_then if is_generator(step.call) else _call_then)(step, last)
    return last


def pick(solved: Solved, slots: Slots) -> dict[str, Any]:
    """Return the arguments of a function."""
    return {name: solved[place] for name, place in slots.items()}


def is_async(call: object) -> bool:
    """Return whether FastAPI would await the result of the function or callable object."""
    function = call if isroutine(call) or isinstance(call, type) else type(call).__call__
    return iscoroutinefunction(function) and not hasattr(call, "__wrapped__")


def is_generator(call: object) -> bool:
    """Return whether FastAPI would enter the function as an asynchronous context manager."""
    return isasyncgenfunction(call) and not hasattr(call, "__wrapped__")


def _call_then(step: Step, then: Solve) -> Solve:
    call, slots = step.call, step.slots

    async def solve(solved: Solved) -> Response | None:
        solved.append(await call(**pick(solved, slots)))
        return await then(solved)

    return solve


def _enter_then(step: Step, then: Solve) -> Solve:
    """Return a function that enters a generator, and exits it before the response is sent."""
    manager, slots = asynccontextmanager(step.call), step.slots

    async def solve(solved: Solved) -> Response | None:
        async with manager(**pick(solved, slots)) as value:
            solved.append(value)
            return await then(solved)
        return None

    return solve


def _enter_shielded_then(step: Step, then: Solve) -> Solve:
    """Return what ``_enter_then`` does, with the exit shielded as FastAPI shields it."""
    manager, slots = asynccontextmanager(step.call), step.slots

    async def solve(solved: Solved) -> Response | None:
        response, cleanup = None, solved[CLEANUP]
        try:
            async with manager(**pick(solved, slots)) as value:
                try:
                    solved.append(value)
                    response = await then(solved)
                finally:
                    cleanup.shield = True
        finally:
            cleanup.shield = False
        await checkpoint_if_cancelled()
        return response

    return solve


def _open_cleanup_then(then: Solve) -> Solve:
    """Return a function that enters the scope that shields the exits of generators.

    It is entered before the first of them, so that scopes of their own are exited before it.
    """

    async def solve(solved: Solved) -> Response | None:
        with CancelScope() as solved[CLEANUP]:
            return await then(solved)
        return None

    return solve


def _check(dependant: Dependant) -> Callable[..., Any]:
    """Return what the dependency calls, if it can be compiled."""
    call = dependant.call
    name = getattr(call, "__name__", type(call).__name__)
    if any(getattr(dependant, each) for each in FIELDS):
        raise LeftToFastAPI(f"parameters of the dependency {name}")
    if any(getattr(dependant, each) for each in SCOPES):
        raise LeftToFastAPI(f"OAuth scopes of the dependency {name}")
    if not dependant.use_cache or dependant.concurrency is not None:
        raise LeftToFastAPI(f"options of the dependency {name}")
    if call is None or not (is_async(call) or is_generator(call)):
        raise LeftToFastAPI(f"the dependency {name}, which runs in a thread")
    if is_generator(call) and dependant.scope != "function":
        raise LeftToFastAPI(f"the dependency {name}, which is exited after the response")
    return call


def _check_names(dependant: Dependant) -> None:
    for each in NAMES:
        if getattr(dependant, each) is not None:
            raise LeftToFastAPI(f"the parameter {getattr(dependant, each)}")
