"""At most 1 KiB of a preference is parsed."""

import pytest

from entrypoints.http.header_fields import MAX_SIZE, limit_size


@pytest.mark.parametrize(
    ("values", "limited"),
    [
        ([], []),
        (["a", "b"], ["a", "b"]),
        (["a" * MAX_SIZE], ["a" * MAX_SIZE]),
        (["a" * (MAX_SIZE + 1)], [""]),
        (["a," + "b" * MAX_SIZE], ["a"]),
        (["a" * MAX_SIZE, "b"], ["a" * MAX_SIZE, ""]),
        (["a," * MAX_SIZE], ["a," * (MAX_SIZE // 2 - 1) + "a"]),
    ],
)
def test_the_elements_that_fit_are_parsed(values: list[str], limited: list[str]) -> None:
    assert limited == list(limit_size(values))
