"""Requests are traced only if an endpoint is set, the extra is installed, and nothing else does."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.propagate import get_global_textmap, set_global_textmap

from entrypoints.composition.tracing import find_trace_options, open_tracing
from entrypoints.settings import InvalidSettings
from tests.support.served import environment, invoke

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
SDK, EXPORTER = "opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http"

UNTRACED = """
import os
import sys
from opentelemetry import trace
from entrypoints.bootstrap import make_app
from entrypoints.composition.tracing import open_tracing

make_app()
assert not [name for name in sys.modules if name.startswith(("opentelemetry.sdk.", "google."))]

from opentelemetry.sdk.trace import TracerProvider

os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:9"
trace.set_tracer_provider(TracerProvider(shutdown_on_exit=False))
assert open_tracing() is None
"""

LOOKING = """
from opentelemetry import _logs, metrics, trace
from opentelemetry.sdk import _logs as sdk_logs, metrics as sdk_metrics, trace as sdk_trace
from entrypoints.composition.tracing import choose_telemetry

assert {*choose_telemetry(None, is_own_process=True).values()} == {False}
assert choose_telemetry(None, is_own_process=False) is None
SET
assert choose_telemetry(None, is_own_process=True) is None
"""


@pytest.fixture(params=[SDK, EXPORTER])
def missing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package of the extra that is not installed."""
    monkeypatch.setitem(sys.modules, request.param, None)
    return str(request.param)


@pytest.fixture
def _traced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:9")


@pytest.fixture
def _restored_propagators() -> Iterator[None]:
    before = get_global_textmap()
    yield
    set_global_textmap(before)


@pytest.mark.usefixtures("missing", "_traced")
def test_without_the_extra_an_endpoint_is_refused() -> None:
    with pytest.raises(InvalidSettings, match=r"install heroes\[otel\], or set OTEL_TRACES_EXP"):
        find_trace_options()


@pytest.mark.usefixtures("missing", "_traced")
@pytest.mark.parametrize(
    ("variable", "value"),
    [("OTEL_SDK_DISABLED", "true"), ("OTEL_TRACES_EXPORTER", "none"), (ENDPOINT, "")],
)
def test_without_the_extra_the_service_starts_if_nothing_is_traced(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)

    assert find_trace_options() is None
    assert open_tracing() is None


@pytest.mark.parametrize("kind", ["TRACER", "METER", "LOGGER"])
@pytest.mark.parametrize("name", ["", "s3cret"])
def test_a_provider_that_no_package_has_is_refused_also_if_nothing_is_traced(
    monkeypatch: pytest.MonkeyPatch, kind: str, name: str
) -> None:
    """FastAPI looks for it in each request, which would get 500."""
    monkeypatch.setenv(f"OTEL_PYTHON_{kind}_PROVIDER", name)

    with pytest.raises(InvalidSettings, match=f"^OTEL_PYTHON_{kind}_PROVIDER is not") as refused:
        open_tracing()

    assert "s3cret" not in str(refused.value)


def test_a_provider_of_an_installed_package_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_PYTHON_TRACER_PROVIDER", "sdk_tracer_provider")

    assert find_trace_options() is None


def test_untraced_or_with_a_provider_of_the_users_own_nothing_is_opened(tmp_path: Path) -> None:
    """And no package of the extra is imported if nothing is traced."""
    subprocess.run(
        [sys.executable, "-c", UNTRACED],
        check=True,
        cwd=tmp_path,
        env=environment(tmp_path / "heroes.db"),
    )


@pytest.mark.parametrize(
    "statement",
    [
        "trace.set_tracer_provider(sdk_trace.TracerProvider(shutdown_on_exit=False))",
        "metrics.set_meter_provider(sdk_metrics.MeterProvider(shutdown_on_exit=False))",
        "_logs.set_logger_provider(sdk_logs.LoggerProvider(shutdown_on_exit=False))",
    ],
)
def test_fastapi_looks_for_a_provider_unless_the_service_has_none_in_its_own_process(
    tmp_path: Path, statement: str
) -> None:
    subprocess.run(
        [sys.executable, "-c", LOOKING.replace("SET", statement)],
        check=True,
        cwd=tmp_path,
        env=environment(tmp_path / "heroes.db"),
    )


@pytest.mark.parametrize("command", ["serve", "check"])
def test_a_protocol_that_is_not_supported_ends_a_command_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")

    refused = invoke(tmp_path / "heroes.db", command)

    assert 2 == refused.exit_code
    assert (
        "heroes: OTEL_EXPORTER_OTLP_PROTOCOL is not valid: use http/protobuf, the only supported "
        "protocol"
    ) == refused.stderr.splitlines()[-1]


@pytest.mark.usefixtures("_traced", "_restored_propagators")
async def test_of_a_traced_request_no_baggage_is_parsed() -> None:
    """OpenTelemetry's parser would stop the event loop for 0.1 s, for 8 KiB of spaces."""
    tracing = open_tracing()

    assert tracing is not None
    await tracing.aclose(1.0)
    assert {"traceparent", "tracestate"} == get_global_textmap().fields
