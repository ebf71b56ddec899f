"""The text of an API key, and its digest.

A key has a prefix and a checksum, so that secret scanners find it in a repository or a log, and can
distinguish it from other texts without a request to the service::

    hrs_ 0K9sT3...43 digits...Vq 1aB2c3
    |    |                       the CRC-32 of the 43 digits, as 6 digits
    |    256 random bits, as 43 digits
    prefix

The digits are those of base 62, 0 to 9, A to Z and a to z, with the most significant digit first.
Letters, digits and the underscore are one word, so a double click selects the whole key.
"""

import secrets
import zlib
from string import ascii_lowercase, ascii_uppercase, digits

from domain.sha256 import sha256

PREFIX = "hrs_"
RANDOM_BITS = 256
RANDOM_LENGTH = 43
CHECKSUM_LENGTH = 6
KEY_LENGTH = len(PREFIX) + RANDOM_LENGTH + CHECKSUM_LENGTH
"""Lengths in characters."""

ALPHABET = digits + ascii_uppercase + ascii_lowercase


def generate_key() -> str:
    """Return a new random key."""
    return format_key(secrets.randbits(RANDOM_BITS))


def format_key(number: int) -> str:
    """Return the key of a number below 2 to the power of 256."""
    random = _to_base62(number, RANDOM_LENGTH)
    return PREFIX + random + _to_base62(zlib.crc32(random.encode()), CHECKSUM_LENGTH)


def digest_key(credential: str) -> bytes:
    """Return the SHA-256 digest of a key, or of any text that a client has sent as a key.

    A fast hash is enough, because nobody can guess 256 random bits. Of a longer text only the first
    ``KEY_LENGTH + 1`` characters are hashed, which bounds the time. No key has that many, so the
    digest is not that of a key.
    """
    found: bytes = sha256(credential[: KEY_LENGTH + 1].encode("utf-8", "replace")).digest()
    return found


def _to_base62(number: int, length: int) -> str:
    text = ""
    for _ in range(length):
        number, digit = divmod(number, len(ALPHABET))
        text = ALPHABET[digit] + text
    return text
