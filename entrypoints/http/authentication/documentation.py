"""The OpenAPI documentation of authentication: the security scheme and each operation's scope."""

from collections.abc import Collection
from typing import Any

from entrypoints.http.authentication.access import Access

SCHEME = "bearer"

DESCRIPTION = (
    "An API key or a token (JWT). `GET` and `HEAD` need the scope `{read}`, `OPTIONS` needs no"
    " credential, and every other method needs the scope `{write}`."
)


def add_security(
    document: dict[str, Any], access: Access, public_paths: Collection[str]
) -> dict[str, Any]:
    """Return the OpenAPI document with the security scheme, and the scope of each operation.

    Without an authenticator there is an empty security requirement, too: the credential is optional
    (OpenAPI 3.1, section 4.8.30).
    """
    optional: list[dict[str, list[str]]] = [{}] if access.is_open else []
    paths = {
        path: item if path in public_paths else _require(item, access, optional)
        for path, item in document.get("paths", {}).items()
    }
    components = {**document.get("components", {}), "securitySchemes": {SCHEME: _scheme(access)}}
    return {**document, "paths": paths, "components": components}


def _require(
    operations: dict[str, Any], access: Access, optional: list[dict[str, list[str]]]
) -> dict[str, Any]:
    return {
        method: {
            **operation,
            "security": []
            if method == "options"
            else [*optional, {SCHEME: [access.required_scope(method.upper())]}],
        }
        for method, operation in operations.items()
    }


def _scheme(access: Access) -> dict[str, str]:
    read, write = access.required_scope("GET"), access.required_scope("POST")
    return {
        "type": "http",
        "scheme": "bearer",
        "description": DESCRIPTION.format(read=read, write=write),
    }
