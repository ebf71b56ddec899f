"""The wire contract's lists: filters and sort."""

import httpx2
import pytest

from tests.e2e.wire.contract import PROBLEM, ids, invalid, raw, refused_fields

NO_INTEGERS = ("", "x", "7.0", " 7", "+7", "1_0", "null", "\u0667", str(2**63), str(-(2**63) - 1))
NO_BOOLEANS = ("", "2", "-1", "truee", " true", "null")
NO_SORTS = ("", "secret_name", "version", "Name", "name,", "name age", "+name", "--name", "name;id")

# Filters.


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"name": "Ada"}, [3, 4]),
        ({"name": "ada"}, [2]),
        ({"name": "Ad"}, []),
        ({"name": ""}, []),
        ({"name__startswith": "A"}, [3, 4]),
        ({"name__startswith": "a"}, [2]),
        ({"name__startswith": "100"}, [5, 6]),
        ({"name__startswith": "100%"}, [5]),
        ({"name__startswith": "_"}, []),
        ({"name__startswith": "Ünï 🦸"}, [7]),
        ({"name__startswith": ""}, [1, 2, 3, 4, 5, 6, 7]),
        ({"name__contains": "da"}, [2, 3, 4]),
        ({"name__contains": "DA"}, []),
        ({"name__contains": "%"}, [5]),
        ({"name__contains": "_"}, [6]),
        ({"name__contains": "🦸"}, [7]),
        ({"name__contains": "'"}, []),
        ({"name__contains": ""}, [1, 2, 3, 4, 5, 6, 7]),
        ({"age": "7"}, [3, 7]),
        ({"age": "-7"}, []),
        ({"age": str(2**63 - 1)}, []),
        ({"age__gte": "8"}, [1, 4, 6]),
        ({"age__lte": "8"}, [3, 6, 7]),
        ({"age__gte": str(-(2**63))}, [1, 3, 4, 6, 7]),
        ({"age__isnull": "true"}, [2, 5]),
        ({"age__isnull": "false"}, [1, 3, 4, 6, 7]),
        ({"age__isnull": "True"}, [2, 5]),
        ({"age__isnull": "1"}, [2, 5]),
        ({"age__isnull": "off"}, [1, 3, 4, 6, 7]),
        ({"age__gte": "8", "age__lte": "8"}, [6]),
        ({"age": "30", "name": "Ada"}, [4]),
        ({"name__startswith": "A", "name__contains": "da", "age__lte": "7"}, [3]),
        ({"age": "7", "age__isnull": "true"}, []),
    ],
)
def test_a_list_contains_the_heroes_that_match_every_filter(
    listing: httpx2.Client, filters: dict[str, str], found: list[int]
) -> None:
    assert found == ids(listing.get("/heroes/", params=filters))


@pytest.mark.parametrize(
    "unknown",
    [
        "name__icontains",
        "name__eq",
        "name__gte",
        "age__contains",
        "age__GTE",
        "id__gte",
        "secret_name__startswith",
        "secret_name__isnull",
        "nickname__startswith",
        "__",
    ],
)
def test_an_unknown_field_or_operator_is_refused_by_name(
    listing: httpx2.Client, unknown: str
) -> None:
    refused = listing.get("/heroes/", params={unknown: "D", "name": "Ada"})

    message = "There is no such filter"
    assert invalid(("unknown_filter", ["query", unknown], message)) == raw(refused)


@pytest.mark.parametrize("unknown", ["secret_name", "id", "page", "Name", "name_", "_name"])
def test_other_unknown_parameters_are_ignored(listing: httpx2.Client, unknown: str) -> None:
    assert [3, 4] == ids(listing.get("/heroes/", params={unknown: "D", "name": "Ada"}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "\0"),
        ("name__startswith", "a\0"),
        ("name__contains", "\0"),
        *((name, value) for name in ("age", "age__gte", "age__lte") for value in NO_INTEGERS),
        ("age", "9" * 5_000),
        *(("age__isnull", value) for value in NO_BOOLEANS),
        *(("sort", value) for value in NO_SORTS),
    ],
)
def test_an_invalid_value_is_refused_with_its_parameter(
    listing: httpx2.Client, name: str, value: str
) -> None:
    assert (422, [["query", name]]) == refused_fields(listing.get("/heroes/", params={name: value}))


@pytest.mark.parametrize("name", ["name", "name__contains", "age__gte", "sort", "cursor"])
def test_a_repeated_filter_sort_or_cursor_is_refused(listing: httpx2.Client, name: str) -> None:
    refused = listing.get(f"/heroes/?{name}=1&x=1&{name}=1")

    assert (422, [["query", name]]) == refused_fields(refused)


def test_all_errors_of_a_query_are_reported_together(listing: httpx2.Client) -> None:
    refused = listing.get("/heroes/?age=x&name__like=x&age__isnull=maybe")

    wrong = [["query", name] for name in ("age", "name__like", "age__isnull")]
    assert (422, wrong) == refused_fields(refused)


def test_a_problem_names_the_parameter(listing: httpx2.Client) -> None:
    refused = listing.get("/heroes/?age__gte=x", headers={"Accept": PROBLEM})

    assert PROBLEM == refused.headers["content-type"]
    error = {"detail": "Input should be a valid integer", "parameter": "age__gte"}
    assert [error] == refused.json()["errors"]


def test_no_error_repeats_a_value(listing: httpx2.Client) -> None:
    refused = listing.get("/heroes/?age=Wilson&sort=Wilson&cursor=Wilson&name__x=Wilson")

    assert 422 == refused.status_code
    assert "Wilson" not in refused.text


# Sort.


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("id", [1, 2, 3, 4, 5, 6, 7]),
        ("-id", [7, 6, 5, 4, 3, 2, 1]),
        ("name", [5, 6, 3, 4, 1, 2, 7]),
        ("-name", [7, 2, 1, 3, 4, 6, 5]),
        ("name,-id", [5, 6, 4, 3, 1, 2, 7]),
        ("age", [3, 7, 6, 1, 4, 2, 5]),
        ("-age", [1, 4, 6, 3, 7, 2, 5]),
        ("-age,-id", [4, 1, 6, 7, 3, 5, 2]),
        ("-age,name", [4, 1, 6, 3, 7, 5, 2]),
        ("name,age", [5, 6, 3, 4, 1, 2, 7]),
        ("name,-age", [5, 6, 4, 3, 1, 2, 7]),
        ("age,id,name", [3, 7, 6, 1, 4, 2, 5]),
        ("name,name,-name", [5, 6, 3, 4, 1, 2, 7]),
    ],
)
def test_heroes_are_sorted_by_each_key_nulls_last_then_by_id(
    listing: httpx2.Client, sort: str, expected: list[int]
) -> None:
    assert expected == ids(listing.get("/heroes/", params={"sort": sort}))


def test_filters_sort_and_offset_can_be_combined(listing: httpx2.Client) -> None:
    params = {"age__isnull": "false", "sort": "-name", "offset": "1", "limit": "3"}

    assert [1, 3, 4] == ids(listing.get("/heroes/", params=params))
