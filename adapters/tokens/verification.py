"""Verification of a token: its signature and its claims, which determine the principal."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from jwt.types import Options

from adapters.tokens.key_set import ALGORITHMS
from domain.principal import Principal
from service_layer.authorization import ScopeNames

LEEWAY = 30
"""Number of seconds by which the clocks of the issuer and of this machine may differ."""

TYPES = {"jwt", "at+jwt", "application/at+jwt"}
"""Accepted values of ``typ``, in lower case; a token without ``typ`` is accepted too.

An issuer may sign other kinds of documents with the same key (RFC 8725, section 3.11).
"""

OPTIONS: Options = {
    "require": ["exp", "iss", "aud", "sub"],
    "enforce_minimum_key_length": True,
}

PREFIX = "token:"

MAX_SUBJECT = 255 - len(PREFIX)
"""Maximum length of a subject, in characters."""


@dataclass(frozen=True, slots=True)
class Header:
    """The fields of an unverified token's header that select its key."""

    key_id: str | None
    algorithm: str


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """The principal of a token, and the Unix time until which it is valid, with the leeway."""

    principal: Principal
    expires_at: int


class TokenVerifier:
    """Verifies tokens of one issuer for one audience. Other scopes than these are ignored."""

    def __init__(self, issuer: str, audience: str, scopes: ScopeNames) -> None:
        self._issuer = issuer
        self._audience = audience
        self._scopes = scopes

    def verify(self, token: str, key: jwt.PyJWK) -> VerifiedToken | None:
        """Return the verified token, or ``None`` if the signature or a claim is not valid."""
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                options=OPTIONS,
                audience=self._audience,
                issuer=self._issuer,
                leeway=LEEWAY,
            )
        except jwt.PyJWTError:
            return None
        principal = self._principal(claims)
        if principal is None:
            return None
        return VerifiedToken(principal, int(claims["exp"]) + LEEWAY)

    def _principal(self, claims: Mapping[str, Any]) -> Principal | None:
        subject: str = claims["sub"]  # PyJWT has checked the type
        names = _scopes(claims)
        if not 0 < len(subject) <= MAX_SUBJECT or not subject.isprintable() or names is None:
            return None
        return Principal(PREFIX + subject, self._scopes.select_known(names))


def read_header(token: str) -> Header | None:
    """Return the fields of the token's header that select its key. Other fields are ignored.

    Returns ``None`` if the header is malformed, or if ``typ`` or ``alg`` is not accepted.
    """
    try:
        header = json.loads(urlsafe_b64decode(token.partition(".")[0] + "=="))
    except (ValueError, RecursionError):
        return None
    if not isinstance(header, dict):
        return None
    key_id, algorithm, type_ = header.get("kid"), header.get("alg"), header.get("typ", "JWT")
    if algorithm not in ALGORITHMS or not isinstance(key_id, str | None):
        return None
    if not isinstance(type_, str) or type_.lower() not in TYPES:
        return None
    return Header(key_id, algorithm)


def _scopes(claims: Mapping[str, Any]) -> Collection[str] | None:
    """Return the scopes in ``scope``, or those in ``scp`` if ``scope`` is missing or empty.

    The claim is a string with spaces between the scopes (RFC 8693, section 4.2), or a list of
    strings. Returns ``None`` for other types.
    """
    value = claims.get("scope") or claims.get("scp") or []
    names = value.split(" ") if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return None
    return names
