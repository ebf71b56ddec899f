import hashlib
import sys

import pytest

from domain.sha256 import sha256


@pytest.mark.parametrize("size", [0, 1, 54, 55, 56, 63, 64, 65, 1_000])
def test_it_is_the_digest_of_the_standard(size: int) -> None:
    data = bytes(range(256)) * 4

    assert hashlib.sha256(data[:size]).digest() == sha256(data[:size]).digest()


@pytest.mark.canary
def test_it_is_the_one_of_python() -> None:
    module = "_sha2" if sys.version_info >= (3, 12) else "_sha256"

    assert module == sha256.__module__
