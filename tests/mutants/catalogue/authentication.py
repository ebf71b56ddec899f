"""Mistakes in authentication: which requests are refused, and to whom keys belong."""

from tests.mutants.mutant import Mutant

MIDDLEWARE = "entrypoints/http/middleware/authentication.py"
ACCESS = "entrypoints/http/authentication/access.py"
CREDENTIALS = "entrypoints/http/authentication/credentials.py"
DEPENDENCIES = "entrypoints/http/authentication/dependencies.py"
IDEMPOTENCY = "entrypoints/http/idempotency.py"
INCLUSION = "entrypoints/http/inclusion.py"
APP = "entrypoints/api/app.py"
EXPOSURE = "entrypoints/commands/exposure.py"

UNIT = "tests/unit/api/authentication"
REFUSALS = f"{UNIT}/test_refusals.py"
PRINCIPALS = f"{UNIT}/test_principal.py"
KEYS = f"{UNIT}/test_idempotency.py"
OVERRIDES = "tests/integration/test_principal_overrides.py"

MUTANTS = [
    Mutant(
        "an unknown credential is accepted",
        MIDDLEWARE,
        "            if principal is None:\n                raise NotAuthenticated\n",
        "",
        [REFUSALS],
    ),
    Mutant(
        "every method needs the scope to read only",
        ACCESS,
        "self._write = scopes.write",
        "self._write = scopes.read",
        [REFUSALS],
    ),
    Mutant(
        "HEAD needs the scope to write",
        ACCESS,
        'READ_METHODS = frozenset({"GET", "HEAD"})',
        'READ_METHODS = frozenset({"GET"})',
        [OVERRIDES, PRINCIPALS, REFUSALS],
        survives="the middleware for HEAD, which is outside, handles it as GET",
    ),
    Mutant(
        "scopes are not checked before the body is received",
        MIDDLEWARE,
        '            self._access.check(principal, scope.get("method", ""))\n',
        "",
        [REFUSALS],
    ),
    Mutant(
        "what begins like a public path is public",
        MIDDLEWARE,
        "if local_path(scope) in self._public_paths:",
        "if local_path(scope).startswith(tuple(self._public_paths)):",
        [REFUSALS],
    ),
    Mutant(
        "public paths are not found below a root path",
        MIDDLEWARE,
        "if local_path(scope) in self._public_paths:",
        'if scope["path"] in self._public_paths:',
        [REFUSALS],
    ),
    Mutant(
        "OPTIONS needs a credential",
        MIDDLEWARE,
        'if scope.get("method") == "OPTIONS":',
        "if False:",
        [REFUSALS],
    ),
    Mutant(
        "any override turns authentication off",
        MIDDLEWARE,
        'return get_principal not in getattr(scope.get("app"), "dependency_overrides", ())',
        'return not getattr(scope.get("app"), "dependency_overrides", ())',
        [OVERRIDES],
    ),
    Mutant(
        "the middleware refuses before the override is asked",
        MIDDLEWARE,
        'return get_principal not in getattr(scope.get("app"), "dependency_overrides", ())',
        "return True",
        [OVERRIDES],
    ),
    Mutant(
        "a mounted application without a principal fails",
        DEPENDENCIES,
        "        raise Unauthorized\n",
        "        raise NotAuthenticated\n",
        [OVERRIDES],
    ),
    Mutant(
        "the scopes of an override are not checked",
        DEPENDENCIES,
        '        access.check(principal, scope.get("method", ""))\n',
        "        pass\n",
        [OVERRIDES],
    ),
    Mutant(
        "the principal of an override owns no keys",
        DEPENDENCIES,
        "        scope[PRINCIPAL] = principal\n",
        "        pass\n",
        [OVERRIDES],
    ),
    Mutant(
        "the check is skipped for a principal without the scope",
        DEPENDENCIES,
        'return access.required_scope(scope["method"]) in principal.scopes',
        "return True",
        [PRINCIPALS],
    ),
    Mutant(
        "the check is skipped though a dependency is overridden",
        INCLUSION,
        "skips = not app.dependency_overrides and may_skip(scope)",
        "skips = may_skip(scope)",
        ["tests/unit/test_inclusion.py"],
    ),
    Mutant(
        "all principals share their keys",
        IDEMPOTENCY,
        'return f"{principal.id}\\n{key}"',
        "return key",
        [KEYS],
    ),
    Mutant(
        "the id of a principal and a key are joined without a separator",
        IDEMPOTENCY,
        'return f"{principal.id}\\n{key}"',
        'return f"{principal.id}{key}"',
        [KEYS],
    ),
    Mutant(
        "stored responses are counted by address",
        ACCESS,
        'return find_client(scope) if principal is None else f"principal {principal.id}"',
        "return find_client(scope)",
        [KEYS],
    ),
    Mutant(
        "the first of two credentials counts",
        CREDENTIALS,
        "            if found is not None:\n                return None\n",
        "",
        ["tests/unit/http/authentication/test_credentials.py"],
    ),
    Mutant(
        "a credential may have any characters",
        CREDENTIALS,
        " or text.translate(None, TOKEN_CHARACTERS):",
        ":",
        ["tests/unit/http/authentication/test_credentials.py"],
    ),
    Mutant(
        "pages that are turned off stay public",
        APP,
        "if not app.openapi_url:",
        "if False:",
        [REFUSALS],
    ),
    Mutant(
        "a setting that is missing counts as none on every address",
        EXPOSURE,
        "    if methods is None:\n",
        "    if methods is None and not address:\n",
        ["tests/unit/commands/test_exposure.py"],
    ),
]
