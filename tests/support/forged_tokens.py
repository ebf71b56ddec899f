"""Tokens that must not be accepted, made from valid ones as an attacker would make them.

The attacker knows everything that is public, and has tokens of the issuer that have expired or are
for other audiences.
"""

import hmac
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support.tokens import SigningKey, decode, encode, good_claims, join, jwk_set

Attack = Callable[["Attacker"], str]

DAY = 24 * 60 * 60
KEY_IDS: tuple[Any, ...] = (
    "../../../../dev/null",
    "/dev/null",
    "' UNION SELECT 'secret'; --",
    "https://evil.example/keys",
    "rsa\0",
    "RSA",
    "",
    None,
    ["rsa"],
    {"rsa": 1},
    0,
    "x" * 4_000,
)
CRITICAL: tuple[Any, ...] = (
    ["exp"],
    ["http://evil.example/extension"],
    ["alg"],
    ["b64"],
    [],
    "exp",
    None,
    {},
    [None],
    [["exp"]],
)
NOTHING: tuple[Any, ...] = ("none", "None", "NONE", "nOnE", "", None, [], ["none"], {}, 0, False)
OTHERS = ("HS256", "HS384", "HS512", "RS384", "RS512", "PS512", "ES384", "ES512", "ES256K", "EdDSA")
TYPES = ("logout+jwt", "JWE", ["JWT"], 1, None)
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of the curve P-256."""


class Attacker:
    """Has an elliptic curve key of its own, and some tokens of the issuer."""

    def __init__(self, issuer: SigningKey, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - what matters is that it repeats
        self.issuer = issuer
        self.own = SigningKey(issuer.id, "ES256")
        self.header = {"alg": issuer.algorithm, "kid": issuer.id, "typ": "JWT"}
        now = int(time.time())
        self.good = [issuer.token(sub=f"user{each}") for each in range(20)]
        self.expired = [issuer.token(exp=now - DAY - each) for each in range(20)]
        self.misdirected = [issuer.token(aud=f"https://{each}.example/") for each in range(20)]
        self.foreign = [issuer.token(iss=f"https://{each}.example/") for each in range(20)]
        self.secrets = self._public_secrets()

    def claims(self, **changed: Any) -> bytes:
        """Return good claims, with a subject that no other token has."""
        return json.dumps(good_claims(sub=f"admin{self.random.random()}", **changed)).encode()

    def one_of(self, tokens: Sequence[str]) -> tuple[str, str, str]:
        """Return the parts of one of the tokens."""
        header, payload, signature = self.random.choice(tokens).split(".")
        return header, payload, signature

    def _public_secrets(self) -> list[bytes]:
        """Return the issuer's public key in each form that a verifier could take for a secret."""
        key = self.issuer.private_key.public_key()
        info = PublicFormat.SubjectPublicKeyInfo
        jwk = self.issuer.public_jwk()
        pem = key.public_bytes(Encoding.PEM, info)
        return [
            pem,
            pem.strip(),
            key.public_bytes(Encoding.DER, info),
            key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
            json.dumps(jwk).encode(),
            jwk_set(self.issuer),
            decode(jwk["n" if "n" in jwk else "x"]),
            self.issuer.id.encode(),
            b"",
        ]


def expired(attacker: Attacker) -> str:
    return attacker.random.choice(attacker.expired)


def of_another_audience(attacker: Attacker) -> str:
    return attacker.random.choice(attacker.misdirected)


def of_another_issuer(attacker: Attacker) -> str:
    return attacker.random.choice(attacker.foreign)


def truncated(attacker: Attacker) -> str:
    token = attacker.random.choice(attacker.good)
    return token[: attacker.random.randrange(len(token))]


def with_a_changed_character(attacker: Attacker) -> str:
    token = attacker.random.choice(attacker.good)
    at = attacker.random.randrange(len(token))
    other = attacker.random.choice('ABCxyz019-_.=+/ \n\0\x7f{"'.replace(token[at], ""))
    return token[:at] + other + token[at + 1 :]


def with_other_claims(attacker: Attacker) -> str:
    header, _, signature = attacker.one_of(attacker.good)
    return f"{header}.{encode(attacker.claims())}.{signature}"


def with_parts_of_two_tokens(attacker: Attacker) -> str:
    header, payload, _ = attacker.one_of(attacker.expired)
    return f"{header}.{payload}.{attacker.one_of(attacker.good)[2]}"


def with_more_or_fewer_parts(attacker: Attacker) -> str:
    parts = [*attacker.one_of(attacker.good), "", "e30"]
    number = attacker.random.choice([1, 2, 4, 5])
    return ".".join(attacker.random.choices(parts, k=number))


def without_a_signature(attacker: Attacker) -> str:
    header, payload, _ = attacker.one_of(attacker.good)
    return f"{header}.{payload}" + attacker.random.choice([".", "", ".AA", "..", ".AAAA"])


def of_no_algorithm(attacker: Attacker) -> str:
    header = attacker.header | {"alg": attacker.random.choice(NOTHING)}
    signature = attacker.random.choice([b"", b"\0", decode(attacker.one_of(attacker.good)[2])])
    return join(header, attacker.claims(), signature)


def of_another_algorithm(attacker: Attacker) -> str:
    header = attacker.header | {"alg": attacker.random.choice(OTHERS)}
    return join(header, attacker.claims(), attacker.random.randbytes(64))


def with_the_public_key_as_a_secret(attacker: Attacker) -> str:
    name = attacker.random.choice(["HS256", "HS384", "HS512", attacker.issuer.algorithm])
    signed = join(attacker.header | {"alg": name}, attacker.claims(), b"").rpartition(".")[0]
    digest = name.replace("HS", "sha") if name.startswith("HS") else "sha256"
    secret = attacker.random.choice(attacker.secrets)
    return f"{signed}.{encode(hmac.digest(secret, signed.encode(), digest))}"


def with_an_unknown_critical_extension(attacker: Attacker) -> str:
    critical = attacker.random.choice(CRITICAL)
    header = attacker.header | {"crit": critical, "http://evil.example/extension": True}
    return attacker.issuer.sign(header, attacker.claims())


def with_a_detached_payload(attacker: Attacker) -> str:
    header = attacker.header | {"b64": False, "crit": ["b64"]}
    payload = attacker.random.choice([b"", attacker.claims()])
    return attacker.issuer.sign(header, payload)


def with_a_key_of_its_own(attacker: Attacker) -> str:
    """The header contains the key, names its address, or does nothing but use the issuer's id."""
    certificate = encode(attacker.random.randbytes(64))
    members: tuple[dict[str, Any], ...] = (
        {"jwk": attacker.own.public_jwk()},
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/certificate"},
        {"x5c": [certificate], "x5t": certificate},
        {},
    )
    header = attacker.header | {"alg": "ES256"} | attacker.random.choice(members)
    return attacker.own.sign(header, attacker.claims())


def with_a_strange_key_id(attacker: Attacker) -> str:
    header = attacker.header | {"kid": attacker.random.choice(KEY_IDS), "alg": "ES256"}
    return attacker.own.sign(header, attacker.claims())


def with_another_type(attacker: Attacker) -> str:
    header = attacker.header | {"typ": attacker.random.choice(TYPES)}
    return attacker.issuer.sign(header, attacker.claims())


def with_a_degenerate_signature(attacker: Attacker) -> str:
    """Zeros, the order of the curve, and lengths that no signature has."""
    numbers = [0, 1, ORDER - 1, ORDER, ORDER + 1, 2**256 - 1]
    r, s = attacker.random.choices(numbers, k=2)
    pair = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    other = attacker.random.choice([bytes(256), b"\xff" * 256, b"\1" * 255, bytes(64), b""])
    header = attacker.header | {"alg": attacker.random.choice(["ES256", "RS256", "PS256"])}
    return join(header, attacker.claims(), attacker.random.choice([pair, other]))


def that_is_long(attacker: Attacker) -> str:
    part = attacker.random.choice(["A", ".", "e30.", "=", "{", "é"])
    return part * attacker.random.choice([8_192, 8_193, 40_000])


def that_is_nested(attacker: Attacker) -> str:
    inner = attacker.random.choice(
        ["[" * 4_000, '{"a":' * 800, "1" * 4_500, "[" * 2_000 + "]" * 2_000]
    )
    header, _, signature = attacker.one_of(attacker.good)
    return attacker.random.choice(
        [
            f"{encode(inner.encode())}.e30.{signature}",
            f"{header}.{encode(inner.encode())}.{signature}",
        ]
    )


def that_is_random(attacker: Attacker) -> str:
    return "".join(
        chr(attacker.random.randrange(256)) for _ in range(attacker.random.randrange(300))
    )


ATTACKS: tuple[Attack, ...] = (
    expired,
    of_another_audience,
    of_another_issuer,
    truncated,
    with_a_changed_character,
    with_other_claims,
    with_parts_of_two_tokens,
    with_more_or_fewer_parts,
    without_a_signature,
    of_no_algorithm,
    of_another_algorithm,
    with_the_public_key_as_a_secret,
    with_an_unknown_critical_extension,
    with_a_detached_payload,
    with_a_key_of_its_own,
    with_a_strange_key_id,
    with_another_type,
    with_a_degenerate_signature,
    that_is_long,
    that_is_nested,
    that_is_random,
)


def forged_tokens(
    number: int, seed: int, issuers: Sequence[SigningKey]
) -> Iterator[tuple[str, str]]:
    """Yield this many forged tokens of all kinds and keys, each after the name of the attack."""
    attackers = [Attacker(issuer, seed + each) for each, issuer in enumerate(issuers)]
    for each in range(number):
        attack = ATTACKS[each % len(ATTACKS)]
        yield attack.__name__, attack(attackers[each // len(ATTACKS) % len(attackers)])
