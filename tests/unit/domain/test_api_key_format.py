import re
import zlib

import pytest

from domain.api_key_format import KEY_LENGTH, digest_key, format_key, generate_key

PATTERN = re.compile(r"hrs_([0-9A-Za-z]{43})([0-9A-Za-z]{6})")
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def parse(key: str) -> tuple[str, str]:
    found = PATTERN.fullmatch(key)
    assert found is not None
    return found[1], found[2]


def to_number(text: str) -> int:
    """Read base 62, as a scanner for secrets would."""
    number = 0
    for digit in text:
        number = 62 * number + DIGITS.index(digit)
    return number


@pytest.mark.parametrize("number", [0, 1, 61, 62, 2**128 + 17, 2**256 - 1])
def test_a_key_has_its_number_as_43_digits_and_their_checksum(number: int) -> None:
    random, checksum = parse(format_key(number))

    assert number == to_number(random)
    assert zlib.crc32(random.encode()) == to_number(checksum)


def test_the_format_does_not_change() -> None:
    """Scanners for secrets know it, and stored digests depend on it."""
    key = format_key(2**256 - 1)

    assert "hrs_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp13sRzl1" == key
    assert "18d5d323a4597bc25b3402e5e7724aa28e1af926479242be04aa7cc19ca0c312" == (
        digest_key(key).hex()
    )


def test_keys_are_random_over_256_bits() -> None:
    numbers = [to_number(parse(generate_key())[0]) for _ in range(200)]

    assert 200 == len(set(numbers))
    ones = [sum(number >> bit & 1 for number in numbers) for bit in range(256)]
    assert all(20 < number < 180 for number in ones)


def test_a_digest_is_a_sha_256() -> None:
    assert "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" == (
        digest_key("abc").hex()
    )


def test_every_other_text_has_another_digest() -> None:
    key = generate_key()
    others = [
        *(key[:length] for length in range(KEY_LENGTH)),
        *(key + extra for extra in ("0", "\0", " ", "00", key, "0" * 100_000)),
        *(" " + key, key.lower(), key.upper(), key.swapcase(), "é" + key[1:], "\ud800" + key[1:]),
    ]

    assert digest_key(key) not in {digest_key(other) for other in others}


def test_a_long_text_is_digested_up_to_the_length_of_a_key() -> None:
    assert digest_key("x" * (KEY_LENGTH + 1)) == digest_key("x" * 1_000_000)
