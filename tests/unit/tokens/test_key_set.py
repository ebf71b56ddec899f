"""A JWK set is read as far as its keys can be used; nothing in it can do harm."""

import json
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from adapters.tokens.key_set import (
    ALGORITHMS,
    MAX_KEY_SET,
    MAX_KEYS,
    MAX_NUMBER,
    InvalidKeySet,
    parse_key_set,
)
from tests.support.tokens import SigningKey, encode, jwk_set, signing_key

RSA = signing_key("rsa", "RS256")
EC = signing_key("ec", "ES256")

WEAK = SigningKey("weak", "RS256", rsa.generate_private_key(65537, 1024))  # noqa: S505 - is refused
P384 = SigningKey("p384", "ES384", ec.generate_private_key(ec.SECP384R1()))


def number(value: int) -> str:
    return encode(value.to_bytes((value.bit_length() + 7) // 8, "big"))


UNUSABLE: dict[str, Any] = {
    "no object": "key",
    "nothing": {},
    "for encryption": RSA.public_jwk(use="enc"),
    "another purpose": RSA.public_jwk(use=["sig"]),
    "operations without verifying": RSA.public_jwk(key_ops=["encrypt"]),
    "operations that are no list": RSA.public_jwk(key_ops="verify"),
    "a private RSA key": RSA.private_jwk(),
    "a private EC key": EC.private_jwk(),
    "a symmetric key": {"kty": "oct", "k": encode(b"secret" * 8), "kid": "k", "alg": "HS256"},
    "an id that is a number": RSA.public_jwk(kid=1),
    "an id that is a list": RSA.public_jwk(kid=["rsa"]),
    "the algorithm HS256": RSA.public_jwk(alg="HS256"),
    "the algorithm none": RSA.public_jwk(alg="none"),
    "the algorithm RS512": RSA.public_jwk(alg="RS512"),
    "the algorithm of another type": RSA.public_jwk(alg="ES256"),
    "an algorithm that is a list": RSA.public_jwk(alg=["RS256"]),
    "an RSA key of 1,024 bits": WEAK.public_jwk(),
    "an RSA key of 16,384 bits": RSA.public_jwk(n=number(2**16384 - 1)),
    "a modulus of 150 kB": RSA.public_jwk(n="AQAB" * 37_500),
    "a modulus of zero": RSA.public_jwk(n="AA"),
    "no modulus": RSA.public_jwk(n=None),
    "a modulus that is a number": RSA.public_jwk(n=5),
    "a modulus outside of ASCII": RSA.public_jwk(n="é" * 300),
    "an exponent of one": RSA.public_jwk(e="AQ"),
    "an even exponent": RSA.public_jwk(e=number(65536)),
    "an exponent of 2,047 bits": RSA.public_jwk(e=number(2**2047 - 1)),
    "an exponent of 33 bits": RSA.public_jwk(e=number(2**32 + 1)),
    "another curve": P384.public_jwk(),
    "a curve of another length": EC.public_jwk(crv="P-384"),
    "no curve": EC.public_jwk(crv=None),
    "a point that is not on the curve": EC.public_jwk(x=encode(bytes(32))),
    "a short coordinate": EC.public_jwk(y=encode(b"1")),
    "no coordinate": EC.public_jwk(y=None),
    "an Edwards curve": {"kty": "OKP", "crv": "Ed25519", "x": encode(bytes(32)), "kid": "ed"},
    "a type that is a list": RSA.public_jwk(kty=["RSA"]),
    "a deep member": RSA.public_jwk(n=[[[[[[]]]]]]),
}


def test_an_rsa_key_verifies_both_rsa_algorithms() -> None:
    keys = parse_key_set(jwk_set(RSA))

    assert {"RS256", "PS256"} == {name for name in ALGORITHMS if keys.find("rsa", name)}


def test_an_elliptic_curve_key_verifies_es256_only() -> None:
    keys = parse_key_set(jwk_set(EC))

    assert {"ES256"} == {name for name in ALGORITHMS if keys.find("ec", name)}


def test_a_key_that_names_its_algorithm_verifies_no_other() -> None:
    keys = parse_key_set(jwk_set(RSA.public_jwk(alg="PS256")))

    assert {"PS256"} == {name for name in ALGORITHMS if keys.find("rsa", name)}


@pytest.mark.parametrize("name", UNUSABLE)
def test_an_unusable_member_is_ignored_and_the_others_are_used(name: str) -> None:
    keys = parse_key_set(jwk_set(UNUSABLE[name], EC))

    assert (1, 1) == (keys.usable, keys.ignored)
    assert {("ec", "ES256"), (None, "ES256")} == set(keys.public_keys)


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_set_without_a_usable_key_is_invalid(name: str) -> None:
    with pytest.raises(InvalidKeySet, match="no key that this service can use"):
        parse_key_set(jwk_set(UNUSABLE[name]))


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"1",
        b'"keys"',
        b"{}",
        b'{"keys": null}',
        b'{"keys": {}}',
        b'{"keys": "rsa"}',
        b"\xff\xfe\xfd",
        b"<html></html>",
        b"[" * 100_000,
        b'{"keys": ' + b"[" * 100_000,
        b'{"keys": [' + b"1" * 5_000 + b"]}",
    ],
    ids=range(15),
)
def test_what_is_no_jwk_set_is_invalid(document: bytes) -> None:
    with pytest.raises(InvalidKeySet, match=r"not JSON|not a JWK set"):
        parse_key_set(document)


def test_a_set_over_256_kib_is_invalid() -> None:
    document = jwk_set(EC)
    largest = document + b" " * (MAX_KEY_SET - len(document))

    assert 1 == parse_key_set(largest).usable
    with pytest.raises(InvalidKeySet, match="larger than 262144 bytes"):
        parse_key_set(largest + b" ")


def test_at_most_a_hundred_members_of_a_set_are_read() -> None:
    members: list[Any] = [{}] * (MAX_KEYS - 1)

    keys = parse_key_set(jwk_set(*members, EC, RSA))

    assert (1, MAX_KEYS) == (keys.usable, keys.ignored)
    assert keys.find("ec", "ES256")


def test_the_most_expensive_set_takes_little_time() -> None:
    modulus = number(2**8192 - 1)
    members = [RSA.public_jwk(n=modulus, kid=str(each)) for each in range(MAX_KEYS)]
    assert MAX_NUMBER - 4 < len(modulus) <= MAX_NUMBER
    started = time.process_time()

    keys = parse_key_set(jwk_set(*members))

    assert MAX_KEYS == keys.usable
    assert time.process_time() - started < 0.5


def test_the_first_of_several_keys_with_one_id_counts() -> None:
    other = SigningKey("ec", "ES256")

    keys = parse_key_set(jwk_set(EC, other))

    assert keys.public_keys == {("ec", "ES256"): EC.private_key.public_key()}


def test_only_a_single_key_is_found_without_an_id() -> None:
    assert parse_key_set(jwk_set(EC)).find(None, "ES256")
    assert not parse_key_set(jwk_set(EC, RSA)).find(None, "ES256")


def test_a_key_without_an_id_is_found_without_one() -> None:
    unnamed = EC.public_jwk()
    del unnamed["kid"]

    keys = parse_key_set(jwk_set(unnamed, RSA))

    assert keys.find(None, "ES256")
    assert not keys.find("ec", "ES256")


def test_the_message_contains_nothing_of_the_set() -> None:
    document = json.dumps({"keys": [{"kty": "oct", "k": "a-secret-key", "kid": "its-name"}]})

    with pytest.raises(InvalidKeySet) as caught:
        parse_key_set(document.encode())

    assert "secret" not in str(caught.value)
    assert "name" not in str(caught.value)
    assert caught.value.__cause__ is None
