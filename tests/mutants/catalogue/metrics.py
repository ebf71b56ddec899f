"""Mistakes in what is counted, and in how workers share it."""

from tests.mutants.mutant import Mutant

METRICS = "entrypoints/telemetry/metrics"
REQUESTS = f"{METRICS}/requests.py"
MIDDLEWARE = "entrypoints/http/middleware/request_metrics.py"
OBSERVATION = "entrypoints/http/middleware/observation.py"
PUBLISHED = f"{METRICS}/published.py"
WORKERS = f"{METRICS}/workers.py"
FLUSHER = "adapters/sqlite/flusher.py"
OUTCOMES = "adapters/sql/unit_of_work.py"
POOL = "adapters/postgres/pool.py"
HEAD = "entrypoints/http/middleware/head.py"
ESCAPED = "entrypoints/http/middleware/escaped_path.py"

TELEMETRY = "tests/unit/telemetry"
MEASURED = [f"{TELEMETRY}/test_requests.py"]
SHARED = [f"{TELEMETRY}/test_workers.py"]
SERVED = [f"{TELEMETRY}/test_endpoint.py"]
SQLITE = ["tests/integration/sqlite/test_measurements.py"]
SERVER = ["tests/integration/server/test_measurements.py"]
POSTGRES = ["tests/integration/postgres/test_measurements.py"]
UNITS_OF_WORK = ["tests/integration/test_units_of_work.py"]

MUTANTS = [
    Mutant(
        "dropped log lines are counted only until the log says so",
        "entrypoints/telemetry/logs/writer.py",
        "            dropped_lines.count()\n",
        "",
        ["tests/unit/telemetry/logs/test_handler.py"],
    ),
    Mutant(
        "a plain session that gets a connection at once counts as a wait",
        "adapters/plain/measured_pool.py",
        "        if self.checkedout() < self.size():\n            return super()._do_get()\n",
        "",
        ["tests/integration/plain/test_pool.py"],
    ),
    Mutant(
        "plain sessions wait for ever in the metrics",
        "adapters/plain/measured_pool.py",
        "self._waiting -= 1",
        "pass",
        ["tests/integration/plain/test_pool.py"],
    ),
    Mutant(
        "each path is a series",
        MIDDLEWARE,
        'getattr(innermost_scope(scope).get("route"), "path_format", NO_ROUTE)',
        'scope["path"]',
        MEASURED,
    ),
    Mutant(
        "each method that a client invents is a series",
        REQUESTS,
        "known = method if method in METHODS else OTHER_METHOD",
        "known = method",
        MEASURED,
    ),
    Mutant(
        "each method that a client invents takes memory",
        REQUESTS,
        "if known == method:",
        "if known:",
        MEASURED,
    ),
    Mutant(
        "a handler that fails is not counted as a 500",
        OBSERVATION,
        "response.status or HTTPStatus.INTERNAL_SERVER_ERROR",
        "response.status or HTTPStatus.OK",
        MEASURED,
    ),
    Mutant(
        "a request that is cancelled counts as a 500",
        OBSERVATION,
        "response.status = response.status or HTTPStatus.SERVICE_UNAVAILABLE",
        "pass",
        MEASURED,
    ),
    Mutant(
        "a request that the server has counted is counted again",
        MIDDLEWARE,
        "if IS_REPORTED not in scope:",
        "if scope:",
        ["tests/unit/http/responses/test_observed.py"],
    ),
    Mutant(
        "requests remain in progress",
        MIDDLEWARE,
        "durations.active -= 1",
        "pass",
        MEASURED,
    ),
    Mutant(
        "HEAD has no route",
        HEAD,
        'derive_scope(scope, method="GET")',
        '{**scope, "method": "GET"}',
        MEASURED,
    ),
    Mutant(
        "an encoded path has no route",
        ESCAPED,
        "derive_scope(scope, path=path)",
        '{**scope, "path": path}',
        MEASURED,
    ),
    Mutant(
        "a count is added again at each scrape",
        PUBLISHED,
        "child.inc(each.value - counted)",
        "child.inc(each.value)",
        [f"{TELEMETRY}/test_published.py"],
    ),
    Mutant(
        "a bucket lacks the values of those below",
        PUBLISHED,
        "total += count",
        "total = count",
        [f"{TELEMETRY}/test_published.py"],
    ),
    Mutant(
        "a value equal to a bound belongs to the next bucket",
        "service_layer/telemetry/measurements.py",
        "bisect_left(self.bounds, value)",
        "bisect_left(self.bounds, value + 1e-9)",
        [f"{TELEMETRY}/test_published.py"],
    ),
    Mutant(
        "each process has a slot of its own for ever",
        WORKERS,
        "MultiProcessValue(lambda: self.slot)",
        "MultiProcessValue()",
        SHARED,
    ),
    Mutant(
        "the gauges of a killed worker remain",
        WORKERS,
        "mark_process_dead(_slot(path), str(self._directory))",
        "pass",
        SHARED,
    ),
    Mutant(
        "a full disk kills a worker",
        WORKERS,
        "os.posix_fallocate(file.fileno(), 0, FILE_SIZE)",
        "file.truncate(FILE_SIZE)",
        SHARED,
    ),
    Mutant(
        "two workers have one slot",
        WORKERS,
        "fcntl.LOCK_EX | fcntl.LOCK_NB",
        "fcntl.LOCK_SH | fcntl.LOCK_NB",
        SHARED,
    ),
    Mutant(
        "replays are not counted",
        "service_layer/idempotency.py",
        "key.retention.replays += stored is not None",
        "pass",
        SERVED,
    ),
    Mutant(
        "what the rate limit refuses is not counted",
        "entrypoints/http/middleware/gcra.py",
        "self._refused += 1",
        "pass",
        SERVED,
    ),
    Mutant(
        "late requests are not counted",
        "entrypoints/http/middleware/request_timeout.py",
        "self._count.number += 1",
        "pass",
        SERVED,
    ),
    Mutant(
        "a refused connection counts as open",
        "entrypoints/server/limits/connections.py",
        "            self._log.report()\n            self._refused += 1\n",
        "            self._log.report()\n            self._open += 1\n",
        SERVER,
    ),
    Mutant(
        "what an overload refuses is not counted",
        "entrypoints/server/limits/admission.py",
        "self._shed += 1",
        "pass",
        SERVER,
    ),
    Mutant(
        "refusals of the protocol are not counted",
        "entrypoints/server/refusing/protocol.py",
        "self._config.refusals.count(refusal.status)",
        "pass",
        SERVER,
    ),
    Mutant(
        "a failed commit counts as committed",
        OUTCOMES,
        "self._outcomes.failed += 1\n            raise",
        "self._outcomes.committed += 1\n            raise",
        SQLITE,
    ),
    Mutant(
        "a unit of work that has executed nothing counts as rolled back",
        OUTCOMES,
        "elif self.session.has_begun:",
        "else:",
        UNITS_OF_WORK,
    ),
    Mutant(
        "an error of the database counts as rolled back",
        OUTCOMES,
        "isinstance(part, StoreUnavailable)",
        "isinstance(part, StoreUnavailable) and False",
        UNITS_OF_WORK,
    ),
    Mutant(
        "a failed COMMIT has a group size",
        FLUSHER,
        "if failure is None:\n            self._sizes",
        "if True:\n            self._sizes",
        SQLITE,
    ),
    Mutant(
        "a scan that was stopped is not counted",
        "adapters/sqlite/scans/pool.py",
        "self._timed_out += 1",
        "pass",
        SQLITE,
    ),
    Mutant(
        "idle connections count as used",
        POOL,
        "self._size - len(self._idle)",
        "self._size",
        POSTGRES,
    ),
    Mutant("waits are not counted", POOL, "self._waits += 1", "pass", POSTGRES),
    Mutant("waits that time out are not counted", POOL, "self._timeouts += 1", "pass", POSTGRES),
    Mutant(
        "metrics need no principal",
        "entrypoints/http/paths.py",
        "{LIVE_PATH, READY_PATH, VERSION_PATH}",
        '{LIVE_PATH, READY_PATH, VERSION_PATH, "/metrics"}',
        SERVED,
    ),
]
