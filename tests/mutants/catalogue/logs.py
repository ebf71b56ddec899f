"""Mistakes in the log, and in the ids and reports of requests."""

from tests.mutants.mutant import Mutant

DEFERRAL = "entrypoints/deferral.py"
IDS = "entrypoints/request_ids.py"
OBSERVATION = "entrypoints/http/middleware/observation.py"
HEAD = "entrypoints/http/middleware/head.py"
PATHS = "entrypoints/http/middleware/escaped_path.py"
IDENTIFICATION = "entrypoints/server/identification.py"
PROTOCOL = "entrypoints/server/protocol.py"
REFUSING = "entrypoints/server/refusing/protocol.py"
REPORTS = "entrypoints/server/refusing/reports.py"
READER = "entrypoints/server/parsing/request_reader.py"
LOGS = "entrypoints/telemetry/logs"

DEFERRED = ["tests/unit/test_deferral.py"]
ID_TESTS = ["tests/unit/test_request_ids.py"]
OBSERVED = ["tests/unit/http/middleware/test_observation.py"]
SERVED = ["tests/integration/server/test_request_ids.py"]
UNIT = "tests/unit/telemetry/logs"

MUTANTS = [
    Mutant(
        "the last request of an iteration is reported first",
        DEFERRAL,
        "self._items.popleft()",
        "self._items.pop()",
        DEFERRED,
    ),
    Mutant(
        "what is deferred runs in the context of a request",
        DEFERRAL,
        "self._handle_items, context=Context()",
        "self._handle_items",
        DEFERRED,
    ),
    Mutant(
        "after a loop was closed nothing is reported",
        DEFERRAL,
        "if loop is not self._loop:",
        "if self._loop is None:",
        DEFERRED,
    ),
    Mutant(
        "a failed probe is not logged",
        "entrypoints/telemetry/logs/configuration.py",
        " or exchange.status >= HTTPStatus.BAD_REQUEST:",
        ":",
        ["tests/unit/telemetry/logs/test_configuration.py"],
    ),
    Mutant(
        "an id may have any length",
        IDS,
        "{1,128}",
        "+",
        ID_TESTS,
    ),
    Mutant(
        "an id need only begin as one",
        IDS,
        "_VALID.fullmatch(found)",
        "_VALID.match(found)",
        ID_TESTS,
    ),
    Mutant(
        "the first of several ids is taken",
        IDS,
        "if number == 1 and",
        "if number and",
        ID_TESTS,
    ),
    Mutant(
        "lines of a request have no id",
        OBSERVATION,
        "        current_request_id.set(scope.get(REQUEST_ID))\n",
        "",
        OBSERVED,
    ),
    Mutant(
        "a request without a response counts as successful",
        OBSERVATION,
        "response.status or HTTPStatus.INTERNAL_SERVER_ERROR",
        "response.status or HTTPStatus.OK",
        OBSERVED,
    ),
    Mutant(
        "a request that fails is not reported",
        OBSERVATION,
        "        finally:\n",
        "        else:\n",
        OBSERVED,
    ),
    Mutant(
        "a refused request is reported twice",
        OBSERVATION,
        "if self._observers and IS_REPORTED not in scope:",
        "if self._observers:",
        OBSERVED,
    ),
    Mutant(
        "the query is reported",
        OBSERVATION,
        'raw_path(scope).decode("latin-1"),',
        '(raw_path(scope) + scope["query_string"]).decode("latin-1"),',
        OBSERVED,
    ),
    Mutant(
        "HEAD has no route",
        HEAD,
        'derive_scope(scope, method="GET")',
        '{**scope, "method": "GET"}',
        OBSERVED,
    ),
    Mutant(
        "an escaped path has no route",
        PATHS,
        "scope = derive_scope(scope, path=path)",
        'scope = {**scope, "path": path}',
        OBSERVED,
    ),
    Mutant(
        "a response has no id",
        IDENTIFICATION,
        "cycle.default_headers = [*cycle.default_headers, id_field(get_request_id(cycle.scope))]",
        "pass",
        SERVED,
    ),
    Mutant(
        "what is sent instead of a method is reported",
        REPORTS,
        "method.decode() if method in METHODS else None",
        "method.decode()",
        SERVED,
    ),
    Mutant(
        "control characters of a refused request are logged",
        REPORTS,
        "quote(path, safe=PATH_CHARACTERS)",
        'path.decode("latin-1")',
        SERVED,
    ),
    Mutant(
        "a refused request gets the id of a later one",
        REPORTS,
        "        if not line:\n            return\n",
        "",
        SERVED,
    ),
    Mutant(
        "a request that is refused after its head is reported twice",
        REPORTS,
        "            scope[IS_REPORTED] = True\n",
        "",
        SERVED,
    ),
    Mutant(
        "a connection on which nothing arrived is reported",
        REFUSING,
        "        if reader.is_within_request:\n            self._config.refusals",
        "        if reader:\n            self._config.refusals",
        ["tests/integration/server/test_request_ids.py"],
    ),
    Mutant(
        "the parser's errors lose the id",
        READER,
        "            self._refused_head = head\n            raise\n",
        "            raise\n",
        SERVED,
    ),
    Mutant(
        "a traceback shows the messages of exceptions",
        f"{LOGS}/tracebacks.py",
        '    return name if kind.__module__ == "builtins" else f"{kind.__module__}.{name}"',
        '    return f"{name}: {error}"',
        [f"{UNIT}/test_tracebacks.py"],
    ),
    Mutant(
        "a traceback has any number of exceptions",
        f"{LOGS}/tracebacks.py",
        "len(shown) == MAX_EXCEPTIONS or any(error is each for each in shown)",
        "any(error is each for each in shown)",
        [f"{UNIT}/test_tracebacks.py"],
    ),
    Mutant(
        "a path takes any space in a line",
        f"{LOGS}/requests.py",
        '"path": {quote(path[:MAX_PATH])}',
        '"path": {quote(path)}',
        [f"{UNIT}/test_requests.py"],
    ),
    Mutant(
        "lines are JSON on a terminal, and text elsewhere",
        f"{LOGS}/formats.py",
        'log_format == "json" or (log_format == "auto" and not _is_terminal(stream))',
        'log_format == "json" or (log_format == "auto" and _is_terminal(stream))',
        [f"{UNIT}/test_configuration.py"],
    ),
    Mutant(
        "times are rounded into the next second",
        f"{LOGS}/formats.py",
        "_format_milliseconds(int(seconds * 1000))",
        "_format_milliseconds(round(seconds * 1000))",
        [f"{UNIT}/test_records.py"],
    ),
    Mutant(
        "requests are logged below their level",
        f"{LOGS}/configuration.py",
        "not options.has_requests or logging.getLevelName(options.level.upper()) > logging.INFO",
        "not options.has_requests",
        [f"{UNIT}/test_configuration.py"],
    ),
    Mutant(
        "the number of dropped lines belongs to a request",
        f"{LOGS}/handler.py",
        "Context().run(formatter.format, _warn(DROPPED, number))",
        "formatter.format(_warn(DROPPED, number))",
        [f"{UNIT}/test_configuration.py"],
    ),
    Mutant(
        "arguments of a wrong line are printed",
        f"{LOGS}/handler.py",
        "            reason = type(error).__name__\n",
        "            reason = repr(record.args)\n",
        [f"{UNIT}/test_handler.py"],
    ),
]
