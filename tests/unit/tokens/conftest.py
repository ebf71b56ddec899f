"""An authenticator whose issuer has an RSA key and one on an elliptic curve."""

import pytest

from adapters.tokens.authenticator import TokenAuthenticator
from adapters.tokens.published_keys import PublishedKeys
from adapters.tokens.verification import TokenVerifier
from tests.fakes.key_source import FakeKeySource
from tests.support.tokens import AUDIENCE, ISSUER, SCOPES, jwk_set, signing_key


@pytest.fixture
def source() -> FakeKeySource:
    return FakeKeySource(jwk_set(signing_key("rsa", "RS256"), signing_key("ec", "ES256")))


@pytest.fixture
def published(source: FakeKeySource) -> PublishedKeys:
    """The keys of the source, as if they had been read."""
    keys = PublishedKeys(source)
    assert source.document is not None
    keys.replace(source.document)
    return keys


@pytest.fixture
def authenticator(published: PublishedKeys) -> TokenAuthenticator:
    return TokenAuthenticator(TokenVerifier(ISSUER, AUDIENCE, SCOPES), published)
