"""Mistakes in the traces of requests: what is traced, and what may be in a span."""

from tests.mutants.mutant import Mutant

TRACING = "entrypoints/telemetry/tracing"
ENVIRONMENT = f"{TRACING}/environment.py"
CHECKS = f"{TRACING}/checks.py"
SAMPLING = f"{TRACING}/sampling.py"
REDACTION = f"{TRACING}/redaction.py"
SPANS = f"{TRACING}/spans.py"
PROCESS = f"{TRACING}/tracing.py"
COMPOSITION = "entrypoints/composition/tracing.py"
IDENTIFICATION = "entrypoints/server/identification.py"
SESSIONS = "adapters/sql/traced/sessions.py"

UNIT = "tests/unit/telemetry/tracing"
DECIDED = [f"{UNIT}/test_sampling.py"]
REQUESTS = [f"{UNIT}/test_requests.py"]
READ = [f"{UNIT}/test_environment.py"]
CLOSED = [f"{UNIT}/test_closing.py"]
COMPOSED = ["tests/unit/composition/test_tracing.py"]
DATABASES = ["tests/integration/test_unit_of_work_spans.py"]
COLLECTED = ["tests/deployment/test_collector.py"]

MUTANTS = [
    Mutant(
        "every client decides whether it is traced",
        SAMPLING,
        "_find_parent(scope) if IS_FROM_PROXY in scope else None",
        "_find_parent(scope)",
        DECIDED,
    ),
    Mutant(
        "no proxy decides whether a request is traced",
        IDENTIFICATION,
        '    cast("Scope", scope)[IS_FROM_PROXY] = True\n',
        "    del scope\n",
        COLLECTED,
    ),
    Mutant(
        "a client's baggage is logged",
        COMPOSITION,
        "    silence_parsers()\n",
        "",
        COLLECTED,
    ),
    Mutant(
        "a client's baggage is parsed",
        COMPOSITION,
        "    ignore_baggage()\n",
        "",
        COMPOSED,
    ),
    Mutant(
        "any flag counts as sampled",
        SAMPLING,
        "int(parent[2], 16) & 1",
        "int(parent[2], 16) & 0",
        DECIDED,
    ),
    Mutant(
        "health checks are traced",
        SAMPLING,
        "if not is_sampled or self._is_untraced(scope):",
        "if not is_sampled:",
        DECIDED,
    ),
    Mutant(
        "the query is exported",
        REDACTION,
        '        "url.path",\n',
        '        "url.path",\n        "url.query",\n',
        REQUESTS,
    ),
    Mutant(
        "the path of a refused request is exported",
        REDACTION,
        'selected.pop("url.path", None)',
        "pass",
        REQUESTS,
    ),
    Mutant(
        "the description of an error is exported",
        REDACTION,
        "status=Status(span.status.status_code),",
        "status=span.status,",
        REQUESTS,
    ),
    Mutant(
        "what a client adds to its trace is exported",
        REDACTION,
        "if context is None or not context.trace_state:",
        "if True:",
        REQUESTS,
    ),
    Mutant(
        "the line of a request has no trace id",
        REDACTION,
        "            scope[TRACE_ID] = format_trace_id(span.context.trace_id)\n",
        "            pass\n",
        REQUESTS,
    ),
    Mutant(
        "FastAPI exports on its own, if its variable says so",
        PROCESS,
        '            "auto_configure": False,\n',
        "",
        REQUESTS,
    ),
    Mutant(
        "the last spans are waited for without a limit",
        PROCESS,
        "async with asyncio.timeout(min(timeout, FLUSH_TIMEOUT)):",
        "async with asyncio.timeout(None):",
        CLOSED,
    ),
    Mutant(
        "a span has the message of an error",
        SPANS,
        "self._span.set_status(StatusCode.ERROR)",
        'self._span.set_attribute("error.type", str(error))',
        DATABASES,
    ),
    Mutant(
        "an error is no error in its span",
        SPANS,
        "            self._span.set_status(StatusCode.ERROR)\n",
        "",
        DATABASES,
    ),
    Mutant(
        "a COMMIT has no span",
        SESSIONS,
        "        with self._statements.commit():\n            await self._session.commit()",
        "        await self._session.commit()",
        DATABASES,
    ),
    Mutant(
        "a switched-off SDK traces",
        ENVIRONMENT,
        ' or _is_true(variables.get("OTEL_SDK_DISABLED"))',
        "",
        READ,
    ),
    Mutant(
        "a header with a line break is left to the exporter, which logs it",
        CHECKS,
        " and all(map(PRINTABLE.fullmatch, parts))",
        " and bool(parts)",
        READ,
    ),
    Mutant(
        "a variable for all signals has an effect beside one for traces",
        ENVIRONMENT,
        " if name not in replaced}",
        "}",
        READ,
    ),
    Mutant(
        "a provider that no package has fails each request",
        COMPOSITION,
        "if variable := find_unknown_provider(os.environ):",
        "if variable := find_unknown_provider({}):",
        COMPOSED,
    ),
    Mutant(
        "a wrong variable is left to the SDK, which prints it",
        ENVIRONMENT,
        "if variable in variables and not is_valid(variables[variable]):",
        "if variable in variables and not variable:",
        READ,
    ),
    Mutant(
        "without the extra a start fails in the middle",
        COMPOSITION,
        "if options is not None and not has_exporter():",
        "if options is None and not has_exporter():",
        COMPOSED,
    ),
    Mutant(
        "a provider of the user's own is replaced",
        COMPOSITION,
        "if options is None or has_global_provider():",
        "if options is None:",
        COMPOSED,
    ),
    Mutant(
        "FastAPI's telemetry is off although there is a provider",
        COMPOSITION,
        "is_own_process and not has_any_provider()",
        "is_own_process",
        COMPOSED,
    ),
    Mutant(
        "FastAPI's telemetry is off under other servers",
        COMPOSITION,
        "is_own_process and not has_any_provider()",
        "not has_any_provider()",
        COMPOSED,
    ),
]
