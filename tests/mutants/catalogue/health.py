"""Mistakes in the health checks and in the admin listener."""

from tests.mutants.mutant import Mutant

READINESS = "entrypoints/api/health/readiness.py"
ENDPOINTS = "entrypoints/api/health/endpoints.py"
FIXED_PATHS = "entrypoints/http/middleware/fixed_paths.py"
PROTOCOL = "entrypoints/server/protocol.py"
BOUNDS = "entrypoints/composition/bounds.py"
PROBE = "adapters/migrations/schema_probe.py"

UNIT = ["tests/unit/api/health/test_readiness.py"]
RESPONSES = ["tests/unit/api/health/test_endpoints.py"]
REVISIONS = ["tests/integration/test_schema_revision.py"]
ADMIN = ["tests/unit/commands/test_admin.py"]

MUTANTS = [
    Mutant(
        "a process that stops is ready",
        READINESS,
        "        if self._is_stopping():\n",
        "        if False:\n",
        UNIT,
    ),
    Mutant(
        "each probe looks at the database",
        READINESS,
        "(self._check.done() and self._clock() >= self._expires)",
        "True",
        UNIT,
    ),
    Mutant(
        "a result is used for ever",
        READINESS,
        "(self._check.done() and self._clock() >= self._expires)",
        "False",
        UNIT,
    ),
    Mutant(
        "a probe whose client has gone cancels the others",
        READINESS,
        "return await asyncio.shield(self._check)",
        "return await self._check",
        UNIT,
    ),
    Mutant(
        "the schema is inspected for each check",
        READINESS,
        "        self._inspected = revision\n",
        "",
        UNIT,
    ),
    Mutant(
        "the schema is not inspected",
        READINESS,
        "if revision == self._inspected or self._database.is_in_memory:",
        "if True:",
        UNIT,
    ),
    Mutant(
        "the schema has to be inspected as fast as the database answers",
        READINESS,
        "asyncio.timeout(INSPECTION_TIMEOUT)",
        "asyncio.timeout(TIMEOUT)",
        UNIT,
    ),
    Mutant(
        "a newer schema that the release works with is not ready",
        READINESS,
        "        except NewerSchema:  # this release works with it\n",
        "        except KeyError:\n",
        UNIT,
    ),
    Mutant(
        "a newer schema that the release does not work with is ready",
        READINESS,
        "        except UnsupportedSchema:\n            raise\n",
        "",
        UNIT,
    ),
    Mutant(
        "everybody may read the error",
        READINESS,
        "            return _checks(OK, UNAVAILABLE, NOT_CHECKED), error",
        "            return _checks(OK, str(error), NOT_CHECKED), error",
        UNIT,
    ),
    Mutant(
        "a failure is logged with each check",
        READINESS,
        "        if failure and failure != self._reported:",
        "        if failure:",
        UNIT,
    ),
    Mutant(
        "a process that is not ready gets 200",
        ENDPOINTS,
        "return _json(HTTPStatus.SERVICE_UNAVAILABLE,",
        "return _json(HTTPStatus.OK,",
        RESPONSES,
    ),
    Mutant(
        "they are not found below a root path",
        FIXED_PATHS,
        "self._endpoints.get(local_path(scope))",
        'self._endpoints.get(scope["path"])',
        RESPONSES,
    ),
    Mutant(
        "they are counted by the rate limit and need a credential",
        "entrypoints/api/app.py",
        "app.add_middleware(FixedPaths, endpoints=endpoints)",
        "pass",
        RESPONSES,
    ),
    Mutant(
        "they wait for other requests",
        PROTOCOL,
        'if local_path(cast("Scope", cycle.scope)) in HEALTH_PATHS:',
        "if False:",
        ["tests/integration/server/test_health_checks.py"],
    ),
    Mutant(
        "a missing column is not noticed",
        PROBE,
        "select(*each.columns)",
        "select(each.c.id if 'id' in each.c else each.c.key)",
        REVISIONS,
    ),
    Mutant(
        "the admin listener serves the hosts of the service",
        BOUNDS,
        "        allowed_hosts=AllowedHosts([EVERY]),\n",
        "",
        ADMIN,
    ),
    Mutant(
        "an admin listener that others can reach is no warning",
        "entrypoints/commands/admin.py",
        "if not is_loopback(address):",
        "if False:",
        ADMIN,
    ),
]
