"""The signing keys of an issuer, its JWK sets, and its tokens, or tokens put together by hand."""

import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from service_layer.authorization import ScopeNames

ISSUER = "https://issuer.example/"
AUDIENCE = "https://api.example/"
LIFETIME = 600
SUBJECT = "alice"
SCOPES = ScopeNames(read="things:read", write="things:write")

Json = dict[str, Any]


class SigningKey:
    """A private key of an issuer, published under its id."""

    def __init__(self, key_id: str, algorithm: str, private_key: Any = None) -> None:
        self.id = key_id
        self.algorithm = algorithm
        self.private_key = private_key or _generate(algorithm)

    def public_jwk(self, **members: Any) -> Json:
        """Return the public key as a member of a JWK set, changed by ``members``."""
        kind = RSAAlgorithm if isinstance(self.private_key, RSAPrivateKey) else ECAlgorithm
        jwk = kind.to_jwk(self.private_key.public_key(), as_dict=True)
        return {**jwk, "kid": self.id, "use": "sig", **members}

    def private_jwk(self) -> Json:
        """Return the private key as a JWK."""
        kind = RSAAlgorithm if isinstance(self.private_key, RSAPrivateKey) else ECAlgorithm
        return {**kind.to_jwk(self.private_key, as_dict=True), "kid": self.id}

    def token(self, header: Mapping[str, Any] | None = None, **changed: Any) -> str:
        """Return a valid token, with these members of the header and these claims changed.

        A claim that is ``None`` is left out.
        """
        claims = {
            name: value for name, value in good_claims(**changed).items() if value is not None
        }
        headers = {"kid": self.id, **(header or {})}
        return jwt.encode(claims, self.private_key, self.algorithm, headers)

    def sign(self, header: Mapping[str, Any], payload: bytes) -> str:
        """Return a token with exactly this header and payload, with a valid signature."""
        signed = f"{encode(json.dumps(header).encode())}.{encode(payload)}"
        signer = jwt.PyJWS().get_algorithm_by_name(self.algorithm)
        return f"{signed}.{encode(signer.sign(signed.encode(), self.private_key))}"


@lru_cache(maxsize=8)
def signing_key(key_id: str, algorithm: str) -> SigningKey:
    """Return a key of this process with this id. A new RSA key takes 50 ms."""
    return SigningKey(key_id, algorithm)


def good_claims(**changed: Any) -> Json:
    """Return the claims of a valid token, some of them changed."""
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": SUBJECT,
        "exp": int(time.time()) + LIFETIME,
        "scope": "things:read things:write",
    }
    return claims | changed


def jwk_set(*members: Any) -> bytes:
    """Return a JWK set: of the public keys of signing keys, and of anything else as it is."""
    keys = [each.public_jwk() if isinstance(each, SigningKey) else each for each in members]
    return json.dumps({"keys": keys}).encode()


def encode(data: bytes) -> str:
    """Return the data in base64url, without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Return the data of a text in base64url."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def join(header: Mapping[str, Any], payload: bytes, signature: bytes) -> str:
    """Return a token of these parts."""
    parts: Iterable[bytes] = (json.dumps(header).encode(), payload, signature)
    return ".".join(map(encode, parts))


def _generate(algorithm: str) -> Any:
    if algorithm.startswith("ES"):
        return generate_private_key(SECP256R1())
    return generate_rsa(65537, 2048)
