"""Texts that stand for stored values that are not valid texts."""

from typing import Self


class DamagedText(str):
    """A text for bytes that are not a text: U+FFFD stands for what is not valid UTF-8.

    ``stored`` are the bytes. They decide where the entity sorts. It equals the text that is shown.
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
