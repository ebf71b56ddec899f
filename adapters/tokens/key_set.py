"""The public keys of an issuer, parsed from a JWK set (RFC 7517).

A set may also contain keys for encryption, keys for other algorithms, private keys and malformed
ones. These are ignored, so that tokens that are signed with the other keys can be verified.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK, PyJWTError

ALGORITHMS = ("RS256", "PS256", "ES256")
"""Accepted signature algorithms. None is symmetric, or a public key could serve as a secret."""

MAX_KEY_SET = 256 * 1024
"""Maximum size of a JWK set, in bytes."""

MAX_KEYS = 100
"""Maximum number of members of a set that are read. Further ones are ignored."""

RSA_BITS = range(2048, 8193)
"""Accepted sizes of RSA keys in bits. Shorter keys are weak, longer ones slow."""

MAX_EXPONENT = 2**32
"""The public exponent of an RSA key is below this. Most are 65,537; larger ones are slow."""

MAX_NUMBER = 1368
"""Maximum length of a number of a key in base64url, in characters, for 8,192 bits."""

NUMBERS = ("n", "e", "x", "y")
MEMBERS = ("kty", "kid", "crv", *NUMBERS)
"""The members of a JWK that are passed to PyJWT. Private ones are not among them."""


class InvalidKeySet(Exception):
    """The document is not a JWK set, or has no usable key. The message contains no part of it."""


class KeySet:
    """The usable keys of an issuer.

    A key is bound to an algorithm: it is not found for a token with another ``alg``.
    """

    def __init__(
        self, keys: Mapping[tuple[str | None, str], PyJWK], *, usable: int, ignored: int
    ) -> None:
        self._keys = keys
        self._ids = {key_id for key_id, _ in keys}
        self.usable = usable
        """Number of members of the JWK set that are used."""

        self.ignored = ignored
        """Number of the other members."""

        self.public_keys = {name: key.key for name, key in keys.items()}
        """The keys in a form that can be compared with those of another set."""

    def find(self, key_id: str | None, algorithm: str) -> PyJWK | None:
        """Return the key for tokens with this ``kid`` and ``alg``, or ``None``."""
        return self._keys.get((key_id, algorithm))

    def has(self, key_id: str | None) -> bool:
        """Return whether a key has this ``kid``, for any algorithm."""
        return key_id in self._ids


def parse_key_set(document: bytes) -> KeySet:
    """Return the usable keys of a JWK set. Raises ``InvalidKeySet``.

    Of several keys with the same ``kid`` and algorithm, the first one is used. A token without a
    ``kid`` is verified with a key without one, or with the only usable key of the set (OpenID
    Connect Core 1.0, section 10.1).
    """
    members = _members(document)
    keys: dict[tuple[str | None, str], PyJWK] = {}
    usable = [found for member in members[:MAX_KEYS] if (found := _usable_keys(member))]
    if not usable:
        raise InvalidKeySet("it has no key that this service can use")
    for each in usable:
        for key in each:
            keys.setdefault((key.key_id, key.algorithm_name), key)
    if len(usable) == 1:
        keys |= {(None, key.algorithm_name): key for key in usable[0]}
    return KeySet(keys, usable=len(usable), ignored=len(members) - len(usable))


def _members(document: bytes) -> Sequence[Any]:
    if len(document) > MAX_KEY_SET:
        raise InvalidKeySet(f"it is larger than {MAX_KEY_SET} bytes")
    try:
        parsed = json.loads(document)
    except (ValueError, RecursionError):
        raise InvalidKeySet("it is not JSON") from None
    members = parsed.get("keys") if isinstance(parsed, dict) else None
    if not isinstance(members, list):
        raise InvalidKeySet("it is not a JWK set")
    return members


def _usable_keys(member: Any) -> Sequence[PyJWK]:
    """Return the key once for each algorithm for which it is usable."""
    if not isinstance(member, dict) or not _is_for_signatures(member):
        return ()
    public = {name: text for name in MEMBERS if isinstance(text := member.get(name), str)}
    if any(len(public.get(number, "")) > MAX_NUMBER for number in NUMBERS):
        return ()
    keys = [_usable_key(public, algorithm) for algorithm in _algorithms(member)]
    return [key for key in keys if key is not None]


def _is_for_signatures(member: Mapping[str, Any]) -> bool:
    """Return whether the key is for signatures. A private key, which anyone could use, is not."""
    operations = member.get("key_ops", ["verify"])
    return (
        "d" not in member
        and isinstance(member.get("kid", ""), str)
        and member.get("use", "sig") == "sig"
        and isinstance(operations, list)
        and "verify" in operations
    )


def _algorithms(member: Mapping[str, Any]) -> Sequence[str]:
    """Return the accepted algorithms of the key's type, or only that in its ``alg``."""
    kind = member.get("kty")
    possible: tuple[str, ...] = ()
    if kind == "RSA":
        possible = ("RS256", "PS256")
    elif kind == "EC" and member.get("crv") == "P-256":
        possible = ("ES256",)
    named = member.get("alg")
    return [algorithm for algorithm in possible if named is None or named == algorithm]


def _usable_key(public: Mapping[str, str], algorithm: str) -> PyJWK | None:
    try:
        key = PyJWK(dict(public), algorithm)
    except PyJWTError:
        return None
    return key if _has_usable_size(key.key) else None


def _has_usable_size(key: object) -> bool:
    """Return whether the key is neither too weak nor too slow. PyJWT checks the curves."""
    if not isinstance(key, RSAPublicKey):
        return True
    return key.key_size in RSA_BITS and key.public_numbers().e < MAX_EXPONENT
