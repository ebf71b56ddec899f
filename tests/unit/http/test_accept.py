"""Which media type a client prefers (RFC 9110, section 12.5.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrypoints.http.accept import prefers
from entrypoints.http.header_fields import MAX_SIZE

PROBLEM = "application/problem+json"


def prefers_problems(*accept: str) -> bool:
    headers = [(b"accept", value.encode("latin-1")) for value in accept]
    return prefers({"type": "http", "headers": headers}, PROBLEM, to="application/json")


@pytest.mark.parametrize(
    "accept",
    [
        "application/problem+json",
        "Application/Problem+JSON",
        " \tapplication/problem+json ",
        "application/problem+json;q=0.001",
        "application/problem+json; q=1.000",
        "application/problem+json ;\tQ=0.5",
        "application/problem+json;charset=utf-8",
        'application/problem+json; charset="UTF-8"; q=0.9',
        "application/problem+json;q=0.5;ext=1",
        "application/problem+json;",
        "text/html, application/problem+json",
        ",, application/problem+json,",
    ],
)
def test_who_names_problems_alone_prefers_them(accept: str) -> None:
    assert prefers_problems(accept)


@pytest.mark.parametrize(
    "accept",
    [
        "application/problem+json, application/json;q=0.9",
        "application/json;q=0.2, application/problem+json;q=0.3",
        "application/problem+json;q=0.1, application/json;q=0",
        "*/*, application/json;q=0.5",
        "application/*;q=0.7, application/json;q=0.6, */*;q=0.1",
    ],
)
def test_the_greater_weight_decides_and_the_most_specific_range_gives_it(accept: str) -> None:
    assert prefers_problems(accept)


@pytest.mark.parametrize(
    "accept",
    [
        "application/json",
        "application/json, application/problem+json;q=0.9",
        "application/problem+json;q=0.5, */*",
        "application/problem+json;q=0.5, application/*;q=0.6",
        "application/problem+json;q=0, */*",
        "application/problem+json;q=0",
        "application/problem+json;q=0.000, application/json;q=0",
    ],
)
def test_a_greater_weight_of_the_default_wins_over_a_range_that_names_problems(accept: str) -> None:
    assert not prefers_problems(accept)


@pytest.mark.parametrize(
    "accept",
    [
        "application/json, application/problem+json",
        "application/problem+json, */*",
        "application/problem+json;q=0.5, application/*;q=0.5",
    ],
)
def test_of_two_alike_it_is_the_problem_if_the_client_names_it(accept: str) -> None:
    assert prefers_problems(accept)


@pytest.mark.parametrize("accept", ["*/*", "application/*", "*/*;q=0.1", "application/json, */*"])
def test_of_two_alike_it_is_the_default_if_the_client_does_not_name_problems(accept: str) -> None:
    assert not prefers_problems(accept)


@pytest.mark.parametrize("accept", ["text/html", "image/*", "application/xml;q=0.9, text/*", ""])
def test_who_takes_neither_has_no_preference(accept: str) -> None:
    assert not prefers_problems(accept)
    assert not prefers_problems()


def test_several_headers_are_one_list() -> None:
    assert prefers_problems("text/html", "application/problem+json")
    assert not prefers_problems("application/problem+json;q=0.5", "application/json")
    assert prefers_problems('"unterminated', "application/problem+json")


def test_a_range_that_is_there_twice_has_its_highest_weight() -> None:
    assert prefers_problems("application/problem+json;q=0, application/problem+json, */*;q=0.5")
    assert prefers_problems("application/problem+json, application/problem+json;q=0, */*;q=0.5")


@pytest.mark.parametrize(
    "accept",
    [
        "application/problem+json;q=NaN",
        "application/problem+json;q=1e999",
        "application/problem+json;q=-1",
        "application/problem+json;q=1.001",
        "application/problem+json;q=2",
        "application/problem+json;q=0.0001",
        "application/problem+json;q=",
        "application/problem+json;q = 1",
        "application/problem+json;q=\u00b9",
        "application/problem+json;version=2",
        "application/problem+json/x",
        "application /problem+json",
        "application/problem+json x",
        "application",
        "*",
        ";q=1",
        '"application/problem+json"',
        'text/html;a=", application/problem+json, "',
        'text/html;a="\\", application/problem+json, "',
        'text/html;a="unterminated, application/problem+json',
    ],
)
def test_what_is_malformed_or_has_a_parameter_is_passed_over(accept: str) -> None:
    assert not prefers_problems(accept)
    assert prefers_problems("application/problem+json", accept)


def test_at_most_1_kib_is_parsed() -> None:
    filler = ", " * MAX_SIZE

    assert prefers_problems(filler[: MAX_SIZE - len(PROBLEM)] + PROBLEM)
    assert not prefers_problems(filler + PROBLEM)
    assert not prefers_problems(filler[:MAX_SIZE], PROBLEM)


@given(st.lists(st.text(st.characters(max_codepoint=255))))
def test_no_value_is_an_error(accept: list[str]) -> None:
    assert prefers_problems(*accept) in {True, False}


@given(st.text(st.sampled_from('application/json*;q=01.,"\\ \t+problem')))
def test_nothing_like_a_value_is_an_error(accept: str) -> None:
    assert prefers_problems(accept) in {True, False}
