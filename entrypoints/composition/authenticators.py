"""Create the authenticators that the settings select."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from domain.api_key_format import PREFIX as KEY_PREFIX
from entrypoints.api.scopes import SCOPES
from entrypoints.settings import PREFIX, InvalidSettings, Settings
from service_layer.api_key_authentication import ApiKeyAuthenticator
from service_layer.authentication import Authenticator
from service_layer.authenticators import combine
from service_layer.database import Database

if TYPE_CHECKING:
    from adapters.tokens.authenticator import TokenAuthenticator


class Authenticators(NamedTuple):
    """The authenticators for API keys and for tokens, or ``None`` for what is not accepted."""

    keys: Authenticator | None
    tokens: "TokenAuthenticator | None"

    @property
    def combined(self) -> Authenticator | None:
        """The authenticator for all credentials, or ``None`` if clients need no credential."""
        return combine(KEY_PREFIX, self.keys, self.tokens)


def open_authenticators(settings: Settings, database: Database) -> Authenticators:
    """Return the authenticators that the settings select. Raises ``InvalidSettings``.

    The only I/O is to read a file of signing keys.
    """
    methods = settings.auth or ()
    if "api-key" in methods and database.is_in_memory:
        raise InvalidSettings(
            f"{PREFIX}AUTH has api-key, but a database in memory cannot have API keys"
        )
    keys = ApiKeyAuthenticator(database, SCOPES, check_interval=settings.key_cache)
    return Authenticators(
        keys if "api-key" in methods else None,
        open_token_authenticator(settings) if "jwt" in methods else None,
    )


def open_token_authenticator(settings: Settings) -> "TokenAuthenticator":
    """Return the authenticator for tokens. Raises ``InvalidSettings``.

    It requests no keys from a URL: its ``published.run()`` does, in the background.
    """
    # Imported only if tokens are accepted, because it takes 40 ms and 10 MB.
    from adapters.tokens import authenticator as tokens  # noqa: PLC0415
    from adapters.tokens.verification import TokenVerifier  # noqa: PLC0415

    issuer, audience = settings.jwt_issuer, settings.jwt_audience
    if issuer and audience:
        verifier = TokenVerifier(issuer, audience, SCOPES)
        match settings.jwt_jwks_url, settings.jwt_jwks_file:
            case str(url), None:
                return tokens.open_url(verifier, url)
            case None, Path() as file:
                try:
                    return tokens.open_file(verifier, file)
                except tokens.UnusableKeyFile as error:
                    message = f"{PREFIX}JWT_JWKS_FILE is not valid: {error}"
                    raise InvalidSettings(message) from None
    raise InvalidSettings(
        f"tokens need {PREFIX}JWT_ISSUER, {PREFIX}JWT_AUDIENCE, and either {PREFIX}JWT_JWKS_URL or "
        f"{PREFIX}JWT_JWKS_FILE"
    )
