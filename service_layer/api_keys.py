"""The use cases for API keys, one function each, on plain values and a unit of work."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from domain.api_key import ApiKey, ApiKeyDraft
from domain.api_key_format import digest_key, generate_key
from service_layer.unit_of_work import ReadOnlyUnitOfWork, UnitOfWork


@dataclass(frozen=True, slots=True)
class CreatedKey:
    """A new key. Its text cannot be read again: only its digest is stored."""

    stored: ApiKey
    text: str = field(repr=False)


async def create_key(
    uow: UnitOfWork, *, name: str, scopes: Collection[str], lifetime: int | None = None
) -> CreatedKey:
    """Store a new key, commit, and return it. Raises ``InvalidApiKey``.

    ``lifetime`` is the number of seconds until it expires, or ``None`` if it does not expire.
    """
    draft = ApiKeyDraft(name, frozenset(scopes), lifetime)
    text = generate_key()
    stored = await uow.api_keys.add(draft, digest_key(text))
    await uow.commit()
    return CreatedKey(stored, text)


async def list_keys(uow: ReadOnlyUnitOfWork) -> Sequence[ApiKey]:
    """Return all keys, revoked and expired ones included."""
    return await uow.api_keys.all()


async def revoke_key(uow: UnitOfWork, key_id: int) -> ApiKey:
    """Revoke the key, commit, and return it. Raises ``ApiKeyNotFound``."""
    revoked = await uow.api_keys.revoke(key_id)
    await uow.commit()
    return revoked
