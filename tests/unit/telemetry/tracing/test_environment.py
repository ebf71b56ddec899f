"""The variables of OpenTelemetry decide whether requests are traced, and which."""

import pytest

from entrypoints.settings import InvalidSettings
from entrypoints.telemetry.tracing.environment import TraceOptions, read_trace_options

BASE = "OTEL_EXPORTER_OTLP_ENDPOINT"
OF_TRACES = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
ENABLED = {BASE: "http://collector:4318"}
URL = "http://collector:4318/v1/traces"

OFF = [
    {},
    {BASE: ""},
    {BASE: " "},
    {"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": URL},
    {"OTEL_TRACES_EXPORTER": "otlp"},
    {"OTEL_TRACES_EXPORTER": "console", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
    {**ENABLED, "OTEL_SDK_DISABLED": "true"},
    {**ENABLED, "OTEL_SDK_DISABLED": "TRUE"},
    {**ENABLED, "OTEL_TRACES_EXPORTER": "none"},
    {**ENABLED, "OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
]

SAMPLERS = {
    "always_on": (1.0, False),
    "always_off": (0.0, False),
    "traceidratio": (0.25, False),
    "parentbased_always_on": (1.0, True),
    "parentbased_always_off": (0.0, True),
    "parentbased_traceidratio": (0.25, True),
}

REFUSED = [
    ("OTEL_TRACES_EXPORTER", "console"),
    ("OTEL_TRACES_EXPORTER", "otlp,console"),
    ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
    ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json"),
    (BASE, "collector:4318"),
    (OF_TRACES, "grpc://s3cret@collector:4317"),
    (OF_TRACES, "http://collector:s3cret/"),
    (OF_TRACES, "http://collector/v1/traces?key=s3cret"),
    (OF_TRACES, "http://collector/#s3cret"),
    (OF_TRACES, "http://s3cret\\@collector/"),
    (OF_TRACES, "http://collector;s3cret/"),
    (OF_TRACES, "http://[::1]s3cret/"),
    (OF_TRACES, "http://s3cret @collector/"),
    (OF_TRACES, "http://s3crét@collector/"),
    (OF_TRACES, "http://user:s3cret@"),
    ("OTEL_TRACES_SAMPLER", "sometimes"),
    ("OTEL_TRACES_SAMPLER", "parentbased_"),
    ("OTEL_TRACES_SAMPLER", "parentbased_parentbased_always_on"),
    ("OTEL_TRACES_SAMPLER", "jaeger_remote"),
    ("OTEL_EXPORTER_OTLP_HEADERS", "Bearer s3cret"),
    ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", 'a=1,b="s3cret"'),
    ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=s3cret%0D%0A1"),
    ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=s3cret%E2%82%AC"),
    ("OTEL_EXPORTER_OTLP_HEADERS", "api%0Akey=s3cret"),
    ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon"),
    ("OTEL_EXPORTER_OTLP_TIMEOUT", "0"),
    ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "brotli"),
    ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/missing/s3cret"),
    ("OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY", "/missing/s3cret"),
    ("OTEL_PYTHON_EXPORTER_OTLP_HTTP_CREDENTIAL_PROVIDER", "s3cret"),
    ("OTEL_BSP_SCHEDULE_DELAY", "5s"),
    ("OTEL_BSP_MAX_QUEUE_SIZE", "0"),
    ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "4096"),
    ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "-1"),
    ("OTEL_RESOURCE_ATTRIBUTES", "s3cret"),
]


@pytest.mark.parametrize("environment", OFF, ids=str)
def test_without_an_endpoint_or_if_switched_off_nothing_is_traced(
    environment: dict[str, str],
) -> None:
    assert read_trace_options(environment) is None


def test_all_requests_are_traced_unless_a_trusted_parent_decides() -> None:
    assert TraceOptions(URL, 1.0, is_parent_based=True) == read_trace_options(ENABLED)


@pytest.mark.parametrize(
    "url",
    [
        "https://other/in",
        "HTTP://otel_collector.example:4318",
        "http://user:s3cr%40t@127.0.0.1:4318/",
        "http://[::1]:4318",
        "http://[fe80::1%25eth0]:4318/v1/traces",
    ],
)
def test_an_endpoint_for_traces_is_used_as_it_is(url: str) -> None:
    options = read_trace_options({**ENABLED, OF_TRACES: url})

    assert options is not None
    assert url == options.endpoint


@pytest.mark.parametrize(
    ("name", "of_all", "of_traces"),
    [
        ("ENDPOINT", "collector:4317", "http://collector"),
        ("PROTOCOL", "grpc", "http/protobuf"),
        ("HEADERS", "s3cret", "api-key=s3cret"),
    ],
)
def test_a_variable_for_traces_replaces_that_for_all_signals(
    name: str, of_all: str, of_traces: str
) -> None:
    general, specific = f"OTEL_EXPORTER_OTLP_{name}", f"OTEL_EXPORTER_OTLP_TRACES_{name}"

    assert read_trace_options({**ENABLED, general: of_all, specific: of_traces}) is not None
    for blank in ("", " "):
        with pytest.raises(InvalidSettings, match=f"^{general} is not valid: "):
            read_trace_options({**ENABLED, general: of_all, specific: blank})


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_sampler_decides_how_many_requests_are_traced(name: str) -> None:
    variables = {"OTEL_TRACES_SAMPLER": name, "OTEL_TRACES_SAMPLER_ARG": "0.25"}

    options = read_trace_options({**ENABLED, **variables})

    assert options is not None
    assert SAMPLERS[name] == (options.ratio, options.is_parent_based)


def test_a_ratio_is_1_by_default() -> None:
    options = read_trace_options({**ENABLED, "OTEL_TRACES_SAMPLER": "traceidratio"})

    assert options is not None
    assert 1.0 == options.ratio


@pytest.mark.parametrize("ratio", ["all", "-0.1", "1.1", "nan", "1e999"])
def test_a_ratio_is_a_number_from_0_to_1(ratio: str) -> None:
    variables = {"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": ratio}

    with pytest.raises(InvalidSettings, match=r"^OTEL_TRACES_SAMPLER_ARG is not valid: use a num"):
        read_trace_options({**ENABLED, **variables})


@pytest.mark.parametrize(("variable", "text"), REFUSED)
def test_what_the_exporter_does_not_support_is_refused_without_its_value(
    variable: str, text: str
) -> None:
    with pytest.raises(InvalidSettings, match=f"^{variable} is not valid: ") as refused:
        read_trace_options({**ENABLED, variable: text})

    assert "s3cret" not in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "text", ["api-key=s3cret%0A", "a=b%20c, d=e=f", "authorization=Basic eA==,"]
)
def test_headers_have_names_and_values(text: str) -> None:
    assert read_trace_options({**ENABLED, "OTEL_EXPORTER_OTLP_HEADERS": text}) is not None


def test_a_certificate_that_can_be_read_is_accepted() -> None:
    assert read_trace_options({**ENABLED, "OTEL_EXPORTER_OTLP_CERTIFICATE": __file__}) is not None


def test_variables_have_no_effect_while_nothing_is_traced() -> None:
    assert read_trace_options(dict(REFUSED) | {BASE: "", OF_TRACES: ""}) is None
