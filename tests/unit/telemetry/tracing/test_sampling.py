"""Which requests are traced: what a client says about it counts only through a trusted proxy."""

from functools import partial
from typing import Any

import pytest

from entrypoints.asgi_scopes import IS_FROM_PROXY
from entrypoints.composition.tracing import is_untraced
from entrypoints.telemetry.tracing.environment import TraceOptions
from entrypoints.telemetry.tracing.sampling import Sampling

TRACE = "0af7651916cd43dd8448eb211c80319c"
SPAN = "b7ad6b7169203331"
SAMPLED, UNSAMPLED = f"00-{TRACE}-{SPAN}-01", f"00-{TRACE}-{SPAN}-00"
LOW, HIGH = f"{'f' * 16}{'0' * 15}1", f"{'0' * 16}{'f' * 16}"
"""Ids of traces, the first of which each ratio samples, and the second none below 1."""

INVALID = [
    "",
    "x",
    f"ff-{TRACE}-{SPAN}-01",
    f"00-{'0' * 32}-{SPAN}-01",
    f"00-{TRACE}-{'0' * 16}-01",
    f"00-{TRACE.upper()}-{SPAN}-01",
    f"00-{TRACE}-{SPAN}",
    f"00-{TRACE}-{SPAN}-01\n",
    f"00-{TRACE}-{SPAN}-01-more",
]


def is_traced(  # noqa: PLR0913 - one for each fact that decides
    ratio: float,
    traceparent: str | None = None,
    *,
    path: str = "/items/1",
    root_path: str = "",
    is_from_proxy: bool = False,
    is_parent_based: bool = True,
) -> bool:
    headers = [] if traceparent is None else [(b"traceparent", traceparent.encode())]
    scope: dict[str, Any] = {
        "type": "http",
        "path": path,
        "root_path": root_path,
        "headers": [(b"host", b"h"), *headers],
    }
    if is_from_proxy:
        scope[IS_FROM_PROXY] = True
    options = TraceOptions("http://collector", ratio, is_parent_based)
    return not Sampling(options, is_untraced).excludes(scope)


@pytest.mark.parametrize("traceparent", [None, SAMPLED, UNSAMPLED])
@pytest.mark.parametrize("is_parent_based", [True, False])
def test_a_stranger_does_not_decide(traceparent: str | None, *, is_parent_based: bool) -> None:
    assert is_traced(1.0, traceparent, is_parent_based=is_parent_based)
    assert not is_traced(0.0, traceparent, is_parent_based=is_parent_based)


def test_a_stranger_does_not_decide_by_the_id_of_the_trace() -> None:
    chosen = sum(is_traced(0.5, f"00-{LOW}-{SPAN}-01") for _ in range(400))

    assert 100 < chosen < 300


def test_a_trusted_proxy_decides() -> None:
    assert is_traced(0.0, SAMPLED, is_from_proxy=True)
    assert not is_traced(1.0, UNSAMPLED, is_from_proxy=True)


def test_a_later_version_of_the_header_is_understood() -> None:
    assert is_traced(0.0, f"01-{TRACE}-{SPAN}-03-more", is_from_proxy=True)


def test_the_id_decides_if_the_sampler_is_not_based_on_the_parent() -> None:
    by_id = partial(is_traced, is_from_proxy=True, is_parent_based=False)

    assert by_id(0.01, f"00-{LOW}-{SPAN}-00")
    assert not by_id(0.99, f"00-{HIGH}-{SPAN}-01")
    assert by_id(1.0, f"00-{HIGH}-{SPAN}-00")
    assert not by_id(0.0, f"00-{LOW}-{SPAN}-01")


@pytest.mark.parametrize("traceparent", [None, *INVALID])
def test_without_a_valid_parent_a_proxy_does_not_decide(traceparent: str | None) -> None:
    assert is_traced(1.0, traceparent, is_from_proxy=True)
    assert not is_traced(0.0, traceparent, is_from_proxy=True)


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/version", "/metrics"])
def test_what_a_monitoring_system_requests_is_never_traced(path: str) -> None:
    assert not is_traced(1.0, path=path)
    assert not is_traced(1.0, path=f"/api{path}", root_path="/api")
    assert not is_traced(1.0, SAMPLED, path=path, is_from_proxy=True)
