"""Nobody gets in with a forged token, and none of them causes an error."""

from collections import Counter

from adapters.tokens.authenticator import TokenAuthenticator
from tests.support.forged_tokens import ATTACKS, forged_tokens
from tests.support.tokens import signing_key

NUMBER = 10_000
SEED = 17
KEYS = (signing_key("rsa", "RS256"), signing_key("ec", "ES256"))


async def test_none_of_ten_thousand_forged_tokens_is_accepted(
    authenticator: TokenAuthenticator,
) -> None:
    refused: Counter[str] = Counter()
    for attack, token in forged_tokens(NUMBER, SEED, KEYS):
        assert await authenticator.authenticate(token) is None, (attack, token)
        refused[attack] += 1

    assert {attack.__name__ for attack in ATTACKS} == set(refused)
    assert NUMBER == refused.total()
    for key in KEYS:
        assert await authenticator.authenticate(key.token())
