"""Two kinds of credentials, each with its own authenticator."""

import pytest

from domain.principal import Principal
from service_layer.authentication import Authenticator
from service_layer.authenticators import combine
from tests.fakes.authenticator import ALICE, BOB, FakeAuthenticator


def keys() -> FakeAuthenticator:
    return FakeAuthenticator({"hrs_a": ALICE, "b": ALICE})


def tokens() -> FakeAuthenticator:
    return FakeAuthenticator({"b": BOB, "hrs_b": BOB})


@pytest.mark.parametrize(
    ("credential", "principal"),
    [("hrs_a", ALICE), ("b", BOB), ("hrs_b", None), ("a", None), ("HRS_a", None), ("hrs_", None)],
)
async def test_the_prefix_selects_the_authenticator_whose_answer_is_final(
    credential: str, principal: Principal | None
) -> None:
    both = keys(), tokens()
    authenticator = combine("hrs_", *both)

    assert authenticator is not None
    assert principal == await authenticator.authenticate(credential)
    assert [credential] == both[0].asked + both[1].asked


@pytest.mark.parametrize(
    ("prefixed", "others"), [(keys(), None), (None, tokens())], ids=["keys", "tokens"]
)
async def test_one_kind_alone_is_asked_about_every_credential(
    prefixed: Authenticator | None, others: Authenticator | None
) -> None:
    assert (prefixed or others) is combine("hrs_", prefixed, others)


def test_without_either_there_is_no_authentication() -> None:
    assert combine("hrs_", None, None) is None
