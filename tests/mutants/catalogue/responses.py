"""Mistakes in middleware and in the responses to errors."""

from tests.mutants.mutant import Mutant

BODY_LIMIT = "entrypoints/http/middleware/body_limit.py"
HEAD = "entrypoints/http/middleware/head.py"
CODING = "entrypoints/http/middleware/content_coding.py"
HANDLERS = "entrypoints/http/error_handlers.py"
PROBLEMS = "entrypoints/http/problems.py"
ROUTING = "entrypoints/http/routing.py"
PATHS = "entrypoints/http/paths.py"
JSON = "entrypoints/http/json_response.py"
OBSERVED = "entrypoints/http/responses/observed.py"

MIDDLEWARE = "tests/unit/http/middleware"

MUTANTS = [
    Mutant(
        "a body of exactly the maximum is refused",
        BODY_LIMIT,
        "return (len(digits), digits) > self._max_digits",
        "return (len(digits), digits) >= self._max_digits",
        [f"{MIDDLEWARE}/test_body_limit.py"],
    ),
    Mutant(
        "zeros before a length count",
        BODY_LIMIT,
        'content_length.strip().lstrip(b"0")',
        "content_length.strip()",
        [f"{MIDDLEWARE}/test_body_limit.py"],
    ),
    Mutant(
        "a chunked body has no bound",
        BODY_LIMIT,
        "if len(body) > self._max_bytes:",
        "if False:",
        [f"{MIDDLEWARE}/test_body_limit.py"],
    ),
    Mutant(
        "a chunked body of exactly the maximum is refused",
        BODY_LIMIT,
        "if len(body) > self._max_bytes:",
        "if len(body) >= self._max_bytes:",
        [f"{MIDDLEWARE}/test_body_limit.py"],
    ),
    Mutant(
        "HEAD sends the body",
        HEAD,
        'message = {**message, "body": b""}',
        "pass",
        [f"{MIDDLEWARE}/test_head.py"],
    ),
    Mutant(
        "a compressed body is parsed",
        CODING,
        'any(coding != "identity" for coding in codings)',
        "False",
        [f"{MIDDLEWARE}/test_content_coding.py"],
    ),
    Mutant(
        "an unknown outcome is said to be retried safely",
        HANDLERS,
        "detail = OUTCOME_UNKNOWN if isinstance(error, OutcomeUnknown) else UNAVAILABLE",
        "detail = UNAVAILABLE",
        ["tests/unit/api/test_heroes.py"],
    ),
    Mutant(
        "a response may have any number of errors",
        HANDLERS,
        "shown = errors[:MAX_ERRORS]",
        "shown = errors",
        ["tests/unit/http/test_problems.py"],
    ),
    Mutant(
        "a response of exactly 100 errors omits some",
        HANDLERS,
        "if len(errors) > MAX_ERRORS else {}",
        "if len(errors) >= MAX_ERRORS else {}",
        ["tests/unit/http/test_problems.py"],
    ),
    Mutant(
        "a pointer escapes the slash before the tilde",
        PROBLEMS,
        'str(part).replace("~", "~0").replace("/", "~1")',
        'str(part).replace("/", "~1").replace("~", "~0")',
        ["tests/unit/http/test_pointers.py"],
    ),
    Mutant(
        "the path in a problem is read as a host",
        PROBLEMS,
        'return "/." + escaped if escaped.startswith("//") else escaped',
        "return escaped",
        ["tests/unit/http/test_problems.py"],
    ),
    Mutant(
        "a redirect leads to another host",
        PATHS,
        'return f"/.{encoded}" if encoded.startswith("//") else encoded',
        "return encoded",
        ["tests/unit/http/test_escape_paths.py"],
    ),
    Mutant(
        "an encoded slash separates segments",
        PATHS,
        'path = unquote(ENCODED_SLASH.sub(b"%252F", raw))',
        "path = unquote(raw)",
        ["tests/unit/http/test_escape_paths.py"],
    ),
    Mutant(
        "a line feed after a path is ignored",
        PATHS,
        'return f"{path}\\n" if path.endswith("\\n") else path',
        "return path",
        ["tests/unit/http/test_escape_paths.py"],
    ),
    Mutant(
        "Allow lacks HEAD",
        ROUTING,
        'head = ["HEAD"] if "GET" in methods else []',
        "head: list[str] = []",
        ["tests/unit/http/test_routing.py"],
    ),
    Mutant(
        "a cache that clients share stores heroes",
        JSON,
        '"private, no-cache"',
        '"no-cache"',
        ["tests/unit/http/test_caching.py"],
    ),
    Mutant(
        "a problem may be stored",
        PROBLEMS,
        "{**SECURITY_HEADERS, **NO_STORE}",
        "{**SECURITY_HEADERS}",
        ["tests/unit/http/test_caching.py"],
    ),
    Mutant(
        "an error in the tutorial's format may be stored",
        HANDLERS,
        "{**VARY, **NO_STORE}",
        "{**VARY}",
        ["tests/unit/http/test_caching.py"],
    ),
    Mutant(
        "every error of a request without JSON advises to send JSON",
        HANDLERS,
        'if loc == ("body",) else msg)',
        "if loc else msg)",
        ["tests/unit/api/test_heroes.py"],
    ),
    Mutant(
        "a response that has ended stays in memory until a garbage collection",
        OBSERVED,
        "self._send = _refuse",
        "send = self._send",
        ["tests/unit/http/responses/test_observed.py"],
    ),
    Mutant(
        "a response that an application sends again has the headers of the first one",
        OBSERVED,
        'message = {**message, "headers": fields}',
        'message["headers"] = fields',
        ["tests/unit/http/responses/test_observed.py"],
    ),
]
