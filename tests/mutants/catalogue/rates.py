"""Mistakes in the rate limit, in what is read-only, and in the headers for browsers."""

from tests.mutants.mutant import Mutant

ACCESS = "entrypoints/http/authentication/access.py"
GCRA = "entrypoints/http/middleware/gcra.py"
RATE_LIMIT = "entrypoints/http/middleware/rate_limit.py"
READ_ONLY = "entrypoints/http/middleware/read_only.py"
QUOTAS = "entrypoints/quotas.py"
OBSERVED = "entrypoints/http/responses/observed.py"
PAGE = "entrypoints/http/browsers/docs_page.py"
CROSS_ORIGIN = "entrypoints/http/browsers/cross_origin.py"
PROBLEMS = "entrypoints/http/problems.py"

MIDDLEWARE = "tests/unit/http/middleware"
RATES = [f"{MIDDLEWARE}/test_gcra.py"]
LIMITED = [f"{MIDDLEWARE}/test_rate_limit.py"]
BROWSERS = "tests/unit/http/browsers"

MUTANTS = [
    Mutant(
        "the last request of the quota is refused",
        GCRA,
        "is_allowed = free >= interval",
        "is_allowed = free > interval",
        RATES,
    ),
    Mutant(
        "one request more than the quota is allowed",
        GCRA,
        "is_allowed = free >= interval",
        "is_allowed = free >= 0",
        RATES,
    ),
    Mutant(
        "a refused request counts",
        GCRA,
        "        if is_allowed:\n            free -= interval\n        else:\n",
        "        free -= interval\n        if not is_allowed:\n",
        RATES,
    ),
    Mutant(
        "an idle client saves requests without a bound",
        GCRA,
        "if tat is None or tat < now else",
        "if tat is None else",
        RATES,
    ),
    Mutant(
        "a client is told to wait too short",
        GCRA,
        "-(-nanoseconds // SECOND)",
        "nanoseconds // SECOND",
        RATES,
    ),
    Mutant(
        "a client without requests left is told to wait for an interval",
        GCRA,
        "or interval - free",
        "or interval",
        RATES,
    ),
    Mutant(
        "clients with their whole quota are remembered",
        GCRA,
        "next(iter(self._tats.values())) <= now",
        "False",
        RATES,
    ),
    Mutant(
        "the number of clients has no bound",
        GCRA,
        "if len(self._tats) >= self._max_clients:",
        "if False:",
        RATES,
    ),
    Mutant(
        "the client that was active last is forgotten",
        GCRA,
        "self._max_clients:\n            self._tats.popitem(last=False)",
        "self._max_clients:\n            self._tats.popitem()",
        RATES,
    ),
    Mutant(
        "the client that was there first is forgotten",
        GCRA,
        "        self._tats.move_to_end(client)  # the first one has been idle for longest\n",
        "",
        RATES,
    ),
    Mutant(
        "a principal shares the quota of its address",
        ACCESS,
        'return find_client(scope) if principal is None else f"principal',
        'return find_client(scope) if True else f"principal',
        LIMITED,
    ),
    Mutant(
        "an address may be the id of a principal",
        ACCESS,
        'f"principal {principal.id}"',
        "principal.id",
        LIMITED,
    ),
    Mutant(
        "long ids of principals are stored",
        RATE_LIMIT,
        "if len(client) <= MAX_ID and client.isascii():",
        "if True:",
        LIMITED,
    ),
    Mutant(
        "health checks are counted",
        RATE_LIMIT,
        'if scope["type"] != "http" or local_path(scope) in HEALTH_PATHS:',
        'if scope["type"] != "http":',
        LIMITED,
    ),
    Mutant(
        "health checks below a root path are counted",
        RATE_LIMIT,
        "local_path(scope) in HEALTH_PATHS",
        'scope["path"] in HEALTH_PATHS',
        LIMITED,
    ),
    Mutant(
        "a refused request is executed",
        RATE_LIMIT,
        "        if is_allowed:",
        "        if scope:",
        LIMITED,
    ),
    Mutant(
        "a 429 does not say what is left",
        RATE_LIMIT,
        "        send = add_headers(scope, send, fields)\n        if is_allowed:\n",
        "        if is_allowed:\n            send = add_headers(scope, send, fields)\n",
        LIMITED,
    ),
    Mutant(
        "a quota may be none",
        QUOTAS,
        "if not 1 <= requests <= MAX_REQUESTS:",
        "if not 0 <= requests <= MAX_REQUESTS:",
        ["tests/unit/test_quotas.py"],
    ),
    Mutant(
        "DELETE is served while the service is read-only",
        READ_ONLY,
        '"GET", "HEAD", "OPTIONS", "TRACE"',
        '"GET", "HEAD", "OPTIONS", "TRACE", "DELETE"',
        [f"{MIDDLEWARE}/test_read_only.py"],
    ),
    Mutant(
        "a header that a response has is repeated",
        OBSERVED,
        "added.pop(name, None)",
        "pass",
        [f"{BROWSERS}/test_security_headers.py"],
    ),
    Mutant(
        "a response with a policy lacks the other headers",
        OBSERVED,
        "added.pop(name, None)",
        "added = {} if name in added else added",
        [f"{BROWSERS}/test_security_headers.py"],
    ),
    Mutant(
        "problems lack the security headers",
        PROBLEMS,
        "fields = {**_HEADERS, **(headers or {})}",
        "fields = headers",
        [f"{BROWSERS}/test_security_headers.py"],
    ),
    Mutant(
        "every inline script of the page may run",
        PAGE,
        "script-src 'self' 'sha256-{digest}'",
        "script-src 'self' 'unsafe-inline'",
        [f"{BROWSERS}/test_docs_page.py"],
    ),
    Mutant(
        "the page has the policy of other responses",
        PAGE,
        "page.headers[CONTENT_SECURITY_POLICY] =",
        "_ =",
        [f"{BROWSERS}/test_docs_page.py"],
    ),
    Mutant(
        "every client is redirected to the page",
        PAGE,
        "or not _is_browser(scope)",
        "",
        [f"{BROWSERS}/test_docs_page.py"],
    ),
    Mutant(
        "the document is public without the page",
        "entrypoints/api/app.py",
        "add_docs_page(app) if has_docs else ()",
        'add_docs_page(app) if has_docs else ("/openapi.json",)',
        [f"{BROWSERS}/test_docs_page.py"],
    ),
    Mutant(
        "every origin is allowed as a listed one",
        CROSS_ORIGIN,
        "return self._of_listed.get(origin, self._of_others)",
        "return next(iter(self._of_listed.values()), self._of_others)",
        [f"{BROWSERS}/test_cross_origin.py"],
    ),
    Mutant(
        "every page may use credentials of the browser",
        CROSS_ORIGIN,
        "allow_credentials=EVERY not in origins",
        "allow_credentials=True",
        [f"{BROWSERS}/test_cross_origin.py"],
    ),
    Mutant(
        "every page may call a service in a private network",
        CROSS_ORIGIN,
        "allow_private_network=EVERY not in origins",
        "allow_private_network=True",
        [f"{BROWSERS}/test_cross_origin.py"],
    ),
    Mutant(
        "a response to a request without an origin is cached for pages",
        CROSS_ORIGIN,
        "self._of_others = (vary,)",
        "self._of_others = ()",
        [f"{BROWSERS}/test_cross_origin.py"],
    ),
    Mutant(
        "pages cannot read what the server refuses",
        "entrypoints/server/refusing/protocol.py",
        "id_field(request_id), *shared]",
        "id_field(request_id)]",
        ["tests/integration/server/test_cross_origin.py"],
    ),
]
