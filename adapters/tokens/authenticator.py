"""The authenticator for tokens. It finds the key, verifies the token and caches the principal."""

from pathlib import Path

from adapters.tokens.key_set import InvalidKeySet, KeySet
from adapters.tokens.published_keys import PublishedKeys
from adapters.tokens.sources import FileSource, KeysUnavailable, UrlSource
from adapters.tokens.verification import TokenVerifier, read_header
from adapters.tokens.verified_tokens import VerifiedTokens
from domain.principal import Principal
from service_layer.authentication import AuthenticationUnavailable

MAX_TOKEN = 8 * 1024
"""Maximum length of a token, in characters. A longer one is not parsed.

In a request, the bound on ``Authorization`` is lower by the length of ``Bearer``.
"""


class UnusableKeyFile(Exception):
    """The file cannot be read, or has no usable key. The message is the reason."""


def open_url(verifier: TokenVerifier, url: str) -> "TokenAuthenticator":
    """Return an authenticator with the keys at the URL. They are read in the background only."""
    return TokenAuthenticator(verifier, PublishedKeys(UrlSource(url)))


def open_file(verifier: TokenVerifier, file: Path) -> "TokenAuthenticator":
    """Return an authenticator with the keys in the file. Blocks. Raises ``UnusableKeyFile``."""
    source = FileSource(file)
    published = PublishedKeys(source)
    try:
        published.replace(source.read_now())
    except (InvalidKeySet, KeysUnavailable) as error:
        raise UnusableKeyFile(str(error)) from None
    return TokenAuthenticator(verifier, published)


class TokenAuthenticator:
    """``Authenticator`` for tokens. ``authenticate`` does no I/O.

    The application runs ``published.run()`` in a background task.
    """

    def __init__(self, verifier: TokenVerifier, published: PublishedKeys) -> None:
        self.published = published
        self._verifier = verifier
        self._keys: KeySet | None = None
        self._verified = VerifiedTokens()

    async def authenticate(self, credential: str) -> Principal | None:
        if len(credential) > MAX_TOKEN or not credential.isascii():
            return None
        keys = self.published.current
        if keys is not self._keys:  # tokens of a withdrawn key are no longer valid
            self._verified.clear()
            self._keys = keys
        return self._verified.get(credential) or self._verify(credential, keys)

    def _verify(self, token: str, keys: KeySet | None) -> Principal | None:
        header = read_header(token)
        if header is None:
            return None
        if keys is None:
            raise AuthenticationUnavailable(
                "the signing keys of the token issuer are not known yet"
            )
        key = keys.find(header.key_id, header.algorithm)
        if key is None:
            if not keys.has(header.key_id):
                self.published.request_refresh()
            return None
        verified = self._verifier.verify(token, key)
        if verified is None:
            return None
        self._verified.add(token, verified)
        return verified.principal
