"""The cache of verified tokens has a maximum, and keeps none beyond its expiry."""

import pytest

from adapters.tokens.key_set import parse_key_set
from adapters.tokens.verification import LEEWAY, TokenVerifier, VerifiedToken
from adapters.tokens.verified_tokens import MAX_VERIFIED_TOKENS, VerifiedTokens
from domain.principal import Principal
from tests.fakes.clock import Clock
from tests.support.tokens import AUDIENCE, ISSUER, SCOPES, jwk_set, signing_key

ALICE = Principal("token:alice", frozenset({"things:read"}))
EXPIRY = 1_000


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(clock: Clock) -> VerifiedTokens:
    return VerifiedTokens(clock)


def add(tokens: VerifiedTokens, *names: str) -> None:
    for name in names:
        tokens.add(name, VerifiedToken(ALICE, EXPIRY))


def test_a_token_is_kept_until_it_expires(tokens: VerifiedTokens, clock: Clock) -> None:
    add(tokens, "a")

    clock.now = EXPIRY - 0.001
    assert ALICE == tokens.get("a")
    clock.now = EXPIRY
    assert tokens.get("a") is None


def test_an_expired_token_stays_expired_though_the_clock_is_set_back(
    tokens: VerifiedTokens, clock: Clock
) -> None:
    add(tokens, "a")
    clock.now = EXPIRY
    assert tokens.get("a") is None

    clock.now = 0

    assert tokens.get("a") is None


def test_a_verified_token_expires_when_its_claim_and_the_leeway_say() -> None:
    ec = signing_key("ec", "ES256")
    key = parse_key_set(jwk_set(ec)).find("ec", "ES256")
    assert key is not None

    verified = TokenVerifier(ISSUER, AUDIENCE, SCOPES).verify(ec.token(exp=2**40), key)

    assert verified is not None
    assert 2**40 + LEEWAY == verified.expires_at


def test_the_token_that_was_not_used_for_longest_is_replaced(tokens: VerifiedTokens) -> None:
    names = [str(each) for each in range(MAX_VERIFIED_TOKENS)]
    add(tokens, *names)
    assert tokens.get("0")

    add(tokens, "one more")

    assert tokens.get("0")
    assert tokens.get("one more")
    assert tokens.get("1") is None
    assert MAX_VERIFIED_TOKENS == sum(tokens.get(name) is not None for name in [*names, "one more"])


def test_all_tokens_can_be_forgotten(tokens: VerifiedTokens) -> None:
    add(tokens, "a", "b")

    tokens.clear()

    assert tokens.get("a") is None
    assert tokens.get("b") is None
