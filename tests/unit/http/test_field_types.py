"""The id in a path: a number of any size, in the forms that the tutorial accepts."""

import pytest
from pydantic import TypeAdapter, ValidationError

from entrypoints.http.field_types import NONEXISTENT_ID, Id

ID: TypeAdapter[int] = TypeAdapter(Id)
NO_NUMBER = {"int_parsing", "int_parsing_size"}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1),
        ("-1", -1),
        ("+1", 1),
        ("1.0", 1),
        ("1_000", 1000),
        ("0" * 5000 + "1", 1),
        (str(2**64), 2**64),
        ("9" * 4300, int("9" * 4300)),
    ],
)
def test_a_number_is_parsed(text: str, number: int) -> None:
    assert number == ID.validate_python(text)


@pytest.mark.parametrize("digits", ["9" * 4301, "9" * 60_000, "1_" * 5000 + "1"])
@pytest.mark.parametrize("sign", ["", "-", "+"])
def test_a_number_that_python_does_not_parse_is_the_id_of_nothing(sign: str, digits: str) -> None:
    assert NONEXISTENT_ID == ID.validate_python(sign + digits)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "1e3",
        "0x1",
        "--1",
        "1__0",
        "_1",
        "1_",
        "٣",
        "\uff11",
        "²",
        "٣" * 5000,
        "9" * 5000 + "٣",
        "9" * 5000 + "x",
        "9" * 5000 + " ",
        "9" * 5000 + "__9",
        *(f"{space}1" for space in "\t\n\v\f\r\x1c \x85\xa0\u2003\u3000"),
        *(f"1{space}" for space in "\t\n\v\f\r\x1c \x85\xa0\u2003\u3000"),
    ],
)
def test_anything_else_is_no_number(text: str) -> None:
    with pytest.raises(ValidationError) as failed:
        ID.validate_python(text)

    assert NO_NUMBER & {error["type"] for error in failed.value.errors()}
