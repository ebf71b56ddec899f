"""A quota is a number of requests in a second, a minute, an hour or a day."""

import pytest

from entrypoints.quotas import Quota, parse_quota


@pytest.mark.parametrize(
    ("text", "quota"),
    [
        ("600/minute", Quota(600, 60)),
        ("1/second", Quota(1, 1)),
        ("1000000000/second", Quota(1_000_000_000, 1)),
        ("5000/hour", Quota(5000, 3600)),
        ("100000/day", Quota(100_000, 86_400)),
        (" 10 / Second ", Quota(10, 1)),
        ("007/minute", Quota(7, 60)),
    ],
)
def test_a_quota_is_a_number_a_slash_and_a_unit(text: str, quota: Quota) -> None:
    assert quota == parse_quota(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "600",
        "/minute",
        "600/",
        "600/60",
        "600/minutes",
        "600 per minute",
        "1.5/second",
        "-1/minute",
        "+1/minute",
        "1e3/minute",
        "600/minute/user",
        "٣/minute",
        "9" * 5000 + "/day",
    ],
)
def test_another_text_is_no_quota(text: str) -> None:
    with pytest.raises(ValueError, match="one of second, minute, hour, day are expected"):
        parse_quota(text)


@pytest.mark.parametrize("number", ["0", "1000000001", "9999999999"])
def test_the_number_is_from_1_to_a_thousand_million(number: str) -> None:
    with pytest.raises(ValueError, match=r"^the number must be from 1 to 1,000,000,000$"):
        parse_quota(f"{number}/minute")
