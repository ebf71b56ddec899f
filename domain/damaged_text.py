"""Texts that are decoded from bytes that may not be UTF-8."""

from typing import Self


class DamagedText(str):
    """A text that is decoded from bytes, with U+FFFD for what is not UTF-8.

    ``stored`` has the bytes, by which it sorts. It compares equal to the decoded text.
    """

    __slots__ = ("stored",)

    stored: bytes

    def __new__(cls, stored: bytes) -> Self:
        text = super().__new__(cls, stored.decode(errors="replace"))
        text.stored = stored
        return text


def decode_text(stored: bytes) -> str:
    """Return the text that is stored in UTF-8, or a ``DamagedText``."""
    try:
        return stored.decode()
    except UnicodeDecodeError:
        return DamagedText(stored)
