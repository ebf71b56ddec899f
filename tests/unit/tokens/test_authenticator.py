"""The authenticator finds the key of a token, and remembers which tokens it has verified."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from adapters.tokens.authenticator import MAX_TOKEN, TokenAuthenticator
from adapters.tokens.published_keys import PublishedKeys
from adapters.tokens.verification import TokenVerifier, VerifiedToken
from service_layer.authentication import AuthenticationUnavailable
from tests.fakes.key_source import FakeKeySource
from tests.support.tokens import (
    AUDIENCE,
    ISSUER,
    SCOPES,
    SigningKey,
    encode,
    good_claims,
    jwk_set,
    signing_key,
)

RSA = signing_key("rsa", "RS256")
EC = signing_key("ec", "ES256")


class CountingVerifier(TokenVerifier):
    """Counts how many tokens were verified."""

    number = 0

    def verify(self, token: str, key: Any) -> VerifiedToken | None:
        self.number += 1
        return super().verify(token, key)


@pytest.fixture
def verifier() -> CountingVerifier:
    return CountingVerifier(ISSUER, AUDIENCE, SCOPES)


@pytest.fixture
def authenticator(verifier: CountingVerifier, published: PublishedKeys) -> TokenAuthenticator:
    return TokenAuthenticator(verifier, published)


async def test_a_token_is_verified_once(
    authenticator: TokenAuthenticator, verifier: CountingVerifier
) -> None:
    token = EC.token()

    principals = [await authenticator.authenticate(token) for _ in range(3)]

    assert principals[0] is not None
    assert principals[0] == principals[1] == principals[2]
    assert 1 == verifier.number


async def test_a_forged_token_is_verified_each_time(
    authenticator: TokenAuthenticator, verifier: CountingVerifier
) -> None:
    forged = SigningKey("ec", "ES256").token()

    assert not await authenticator.authenticate(forged)
    assert not await authenticator.authenticate(forged)
    assert 2 == verifier.number


async def test_a_verified_token_does_not_vouch_for_one_that_differs(
    authenticator: TokenAuthenticator,
) -> None:
    token = EC.token()
    assert await authenticator.authenticate(token)

    assert not await authenticator.authenticate(token[:-2])
    assert not await authenticator.authenticate(token + "A")
    assert not await authenticator.authenticate(token.swapcase())


async def test_a_token_that_is_too_long_is_not_read(
    authenticator: TokenAuthenticator, verifier: CountingVerifier
) -> None:
    header, payload, signature = EC.token().split(".")
    longest = f"{header}.{payload}.{'A' * MAX_TOKEN}"[:MAX_TOKEN]

    assert not await authenticator.authenticate(longest)
    assert 1 == verifier.number
    assert not await authenticator.authenticate(longest + "A")
    assert not await authenticator.authenticate(f"{header}.{payload}.{signature}" * 10_000)
    assert 1 == verifier.number


async def test_what_no_encoding_has_is_refused(authenticator: TokenAuthenticator) -> None:
    header, payload, signature = EC.token().split(".")

    assert not await authenticator.authenticate(f"{header}.{payload}\ud800.{signature}")


async def test_a_longest_token_with_a_valid_signature_is_accepted(
    authenticator: TokenAuthenticator,
) -> None:
    header = {"alg": "ES256", "kid": "ec"}
    claims = good_claims(padding="")
    missing = (MAX_TOKEN - len(EC.sign(header, json.dumps(claims).encode()))) * 3 // 4

    token = EC.sign(header, json.dumps({**claims, "padding": "x" * missing}).encode())

    assert MAX_TOKEN - 3 <= len(token) <= MAX_TOKEN
    assert await authenticator.authenticate(token)


async def test_tokens_of_a_key_are_refused_as_soon_as_it_is_no_longer_published(
    authenticator: TokenAuthenticator, published: PublishedKeys
) -> None:
    token, other = EC.token(), RSA.token()
    assert await authenticator.authenticate(token)
    assert await authenticator.authenticate(other)

    published.replace(jwk_set(RSA))

    assert not await authenticator.authenticate(token)
    assert await authenticator.authenticate(other)


async def test_keys_that_are_published_again_in_another_order_change_nothing(
    authenticator: TokenAuthenticator, published: PublishedKeys, verifier: CountingVerifier
) -> None:
    token = EC.token()
    assert await authenticator.authenticate(token)

    published.replace(jwk_set(EC, RSA))

    assert await authenticator.authenticate(token)
    assert 1 == verifier.number


async def test_a_key_that_replaces_another_under_its_id_verifies_its_own_tokens_only(
    authenticator: TokenAuthenticator, published: PublishedKeys
) -> None:
    token, successor = EC.token(), SigningKey("ec", "ES256")
    assert await authenticator.authenticate(token)

    published.replace(jwk_set(successor))

    assert not await authenticator.authenticate(token)
    assert await authenticator.authenticate(successor.token())


async def test_while_no_keys_are_known_no_token_can_be_checked(source: FakeKeySource) -> None:
    authenticator = TokenAuthenticator(
        TokenVerifier(ISSUER, AUDIENCE, SCOPES), PublishedKeys(source)
    )

    with pytest.raises(AuthenticationUnavailable):
        await authenticator.authenticate(EC.token())


@pytest.mark.parametrize(
    "credential", ["", ".", "..", "token", "a.b.c", "\0", "é", "W10.e30.AA", "x" * 10**6]
)
async def test_what_is_no_token_is_refused_also_while_no_keys_are_known(
    source: FakeKeySource, credential: str
) -> None:
    authenticator = TokenAuthenticator(
        TokenVerifier(ISSUER, AUDIENCE, SCOPES), PublishedKeys(source)
    )

    assert not await authenticator.authenticate(credential)


def unsigned(header: Any) -> str:
    return f"{encode(json.dumps(header).encode())}.e30.AAAA"


@pytest.mark.parametrize(
    ("forge", "is_requested"),
    [
        (lambda: SigningKey("new", "ES256").token(), True),
        (lambda: unsigned({"alg": "RS256"}), True),  # several keys are known, so it needs an id
        (lambda: SigningKey("ec", "ES256").token(), False),
        (lambda: unsigned({"alg": "ES256", "kid": "rsa"}), False),
        (lambda: unsigned({"alg": "HS256", "kid": "new"}), False),
        (lambda: unsigned({"alg": "ES256", "kid": 5}), False),
        (lambda: "new", False),
    ],
    ids=range(7),
)
async def test_only_an_unknown_key_of_an_accepted_algorithm_has_the_keys_read_again(
    source: FakeKeySource, forge: Callable[[], str], *, is_requested: bool
) -> None:
    published = RecordingKeys(source)
    assert source.document is not None
    published.replace(source.document)
    authenticator = TokenAuthenticator(TokenVerifier(ISSUER, AUDIENCE, SCOPES), published)

    assert not await authenticator.authenticate(forge())

    assert is_requested == published.is_requested


class RecordingKeys(PublishedKeys):
    """Records whether the keys were to be read again."""

    is_requested = False

    def request_refresh(self) -> None:
        self.is_requested = True
