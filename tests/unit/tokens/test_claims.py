"""What the claims and the header of a well signed token have to be, and the principal they name."""

import json
import time
from typing import Any

import pytest

from adapters.tokens.authenticator import TokenAuthenticator
from adapters.tokens.verification import LEEWAY, MAX_SUBJECT
from domain.principal import Principal
from tests.support.tokens import AUDIENCE, ISSUER, SigningKey, good_claims, signing_key

RSA = signing_key("rsa", "RS256")
PSS = SigningKey("rsa", "PS256", RSA.private_key)
EC = signing_key("ec", "ES256")

SOME_SECONDS = 10

REFUSED: dict[str, dict[str, Any]] = {
    "without an expiry": {"exp": None},
    "without an issuer": {"iss": None},
    "without an audience": {"aud": None},
    "without a subject": {"sub": None},
    "of another issuer": {"iss": "https://other.example/"},
    "of an issuer without the slash": {"iss": ISSUER.rstrip("/")},
    "for another audience": {"aud": "https://other.example/"},
    "for other audiences": {"aud": ["https://other.example/", AUDIENCE + "v2"]},
    "for no audience": {"aud": []},
    "for an audience that is an object": {"aud": {AUDIENCE: True}},
    "for audiences one of which is a number": {"aud": [AUDIENCE, 1]},
    "with an empty subject": {"sub": ""},
    "with a subject that is a number": {"sub": 12},
    "with a subject that is too long": {"sub": "a" * (MAX_SUBJECT + 1)},
    "with a subject of two lines": {"sub": "alice\nmallory"},
    "with a NUL in the subject": {"sub": "alice\0"},
    "with a lone surrogate in the subject": {"sub": "\ud800"},
    "with an expiry that is a text": {"exp": "never"},
    "with an expiry that is a list": {"exp": [2**40]},
    "with an infinite expiry": {"exp": float("inf")},
    "with an expiry that is no number": {"exp": float("nan")},
    "with a start that is a text": {"nbf": "now"},
    "with a time of issue that is a list": {"iat": [0]},
    "with scopes that are a number": {"scope": 1},
    "with scopes that are an object": {"scope": {"things:read": True}},
    "with scopes one of which is a number": {"scope": None, "scp": ["things:read", 1]},
}


async def test_a_token_names_its_subject_and_its_scopes(authenticator: TokenAuthenticator) -> None:
    principal = await authenticator.authenticate(RSA.token(sub="alice"))

    assert Principal("token:alice", frozenset({"things:read", "things:write"})) == principal


@pytest.mark.parametrize("key", [RSA, PSS, EC], ids=["RS256", "PS256", "ES256"])
async def test_three_algorithms_are_accepted(
    authenticator: TokenAuthenticator, key: SigningKey
) -> None:
    assert await authenticator.authenticate(key.token())


@pytest.mark.parametrize(
    ("claims", "scopes"),
    [
        ({"scope": "things:read"}, {"things:read"}),
        ({"scope": " things:read  things:write "}, {"things:read", "things:write"}),
        ({"scope": ["things:read", "things:write"]}, {"things:read", "things:write"}),
        ({"scope": None, "scp": ["things:write", "other"]}, {"things:write"}),
        ({"scope": None, "scp": "things:read things:write"}, {"things:read", "things:write"}),
        ({"scope": "things:write", "scp": ["things:read"]}, {"things:write"}),
        ({"scope": "things:read\tthings:write"}, set()),
        ({"scope": "things: things:readable read"}, set()),
        ({"scope": ""}, set()),
        ({"scope": None}, set()),
    ],
    ids=range(10),
)
async def test_scopes_are_a_text_with_blanks_or_a_list(
    authenticator: TokenAuthenticator, claims: dict[str, Any], scopes: set[str]
) -> None:
    principal = await authenticator.authenticate(RSA.token(**claims))

    assert principal is not None
    assert scopes == principal.scopes


async def test_scopes_that_the_service_does_not_know_take_no_memory(
    authenticator: TokenAuthenticator,
) -> None:
    unknown = " ".join(f"other:{number}" for number in range(500))

    principal = await authenticator.authenticate(RSA.token(scope=f"things:read {unknown}"))

    assert Principal("token:alice", frozenset({"things:read"})) == principal


async def test_one_of_several_audiences_is_enough(authenticator: TokenAuthenticator) -> None:
    assert await authenticator.authenticate(RSA.token(aud=["https://other.example/", AUDIENCE]))


async def test_the_longest_subject_makes_an_id_of_255_characters(
    authenticator: TokenAuthenticator,
) -> None:
    principal = await authenticator.authenticate(RSA.token(sub="é" * MAX_SUBJECT))

    assert principal is not None
    assert 255 == len(principal.id)


@pytest.mark.parametrize("name", REFUSED)
async def test_a_token_is_refused(authenticator: TokenAuthenticator, name: str) -> None:
    claims = {
        key: value for key, value in good_claims(**REFUSED[name]).items() if value is not None
    }
    header = {"alg": "RS256", "kid": "rsa"}

    assert not await authenticator.authenticate(RSA.sign(header, json.dumps(claims).encode()))


async def test_clocks_may_differ_by_the_leeway(authenticator: TokenAuthenticator) -> None:
    now = int(time.time())
    late, early = now - LEEWAY + SOME_SECONDS, now + LEEWAY - SOME_SECONDS

    assert 60 >= LEEWAY > SOME_SECONDS
    assert await authenticator.authenticate(RSA.token(exp=late))
    assert await authenticator.authenticate(RSA.token(nbf=early, iat=early))


async def test_clocks_may_not_differ_by_more(authenticator: TokenAuthenticator) -> None:
    now = int(time.time())

    assert not await authenticator.authenticate(RSA.token(exp=now - LEEWAY))
    assert not await authenticator.authenticate(RSA.token(nbf=now + LEEWAY + SOME_SECONDS))
    assert not await authenticator.authenticate(RSA.token(iat=now + LEEWAY + SOME_SECONDS))


@pytest.mark.parametrize("type_", ["JWT", "jwt", "at+jwt", "application/at+JWT"])
async def test_access_tokens_name_their_type_or_that_of_any_token(
    authenticator: TokenAuthenticator, type_: str
) -> None:
    assert await authenticator.authenticate(RSA.token({"typ": type_}))


async def test_a_token_may_name_no_type(authenticator: TokenAuthenticator) -> None:
    payload = json.dumps(good_claims()).encode()

    assert await authenticator.authenticate(RSA.sign({"alg": "RS256", "kid": "rsa"}, payload))


@pytest.mark.parametrize("type_", ["logout+jwt", "dpop+jwt", "secevent+jwt", "", 1, ["JWT"], None])
async def test_another_document_that_the_issuer_has_signed_is_no_token(
    authenticator: TokenAuthenticator, type_: Any
) -> None:
    payload = json.dumps(good_claims()).encode()
    header = {"alg": "RS256", "kid": "rsa", "typ": type_}

    assert not await authenticator.authenticate(RSA.sign(header, payload))


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b"null", b'"text"', b"{", b"\xff", b"[" * 5_000, b"\xff\xfe{\0}\0"]
)
async def test_a_signed_payload_that_is_no_object_of_claims_is_refused(
    authenticator: TokenAuthenticator, payload: bytes
) -> None:
    header = {"alg": "RS256", "kid": "rsa"}

    assert not await authenticator.authenticate(RSA.sign(header, payload))
