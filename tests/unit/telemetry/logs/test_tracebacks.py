"""A traceback shows where an exception was raised and its class, but no value."""

import pytest

from domain.hero import HeroNotFound
from entrypoints.telemetry.logs.tracebacks import MAX_EXCEPTIONS, MAX_FRAMES, format_exception

SECRET = "canary7d0f3b9a41c85e26"  # noqa: S105


def raised(error: BaseException) -> BaseException:
    """Return the error with a traceback."""
    with pytest.raises(type(error)) as info:
        raise error
    return info.value


def chained(cause: BaseException, error: BaseException) -> BaseException:
    with pytest.raises(type(error)) as info:
        raise error from raised(cause)
    return info.value


@pytest.mark.parametrize(
    "error",
    [
        KeyError(SECRET),
        ValueError(f"invalid value: {SECRET}"),
        UnicodeDecodeError("utf-8", SECRET.encode(), 0, 1, SECRET),
        ExceptionGroup(SECRET, [TypeError(SECRET)]),
        chained(LookupError(SECRET), RuntimeError(SECRET)),
        FileNotFoundError(2, "No such file or directory", SECRET),
    ],
    ids=lambda error: type(error).__name__,
)
def test_the_message_of_an_exception_is_not_shown(error: BaseException) -> None:
    error.add_note(SECRET)

    text = format_exception(raised(error))

    assert SECRET not in text
    assert text.startswith("Traceback (most recent call last):\n")
    assert "raise error" in text
    assert type(error).__name__ in text


def test_the_message_of_an_exception_of_the_service_is_shown() -> None:
    error = HeroNotFound(7)

    assert format_exception(raised(error)).endswith(f"domain.hero.HeroNotFound: {error}")


def test_an_os_error_has_the_message_of_the_system() -> None:
    error = PermissionError(13, "Permission denied")

    assert format_exception(raised(error)).endswith("PermissionError: Permission denied")


def test_causes_and_members_are_shown() -> None:
    group = BaseExceptionGroup("", [raised(TypeError()), raised(OverflowError())])

    text = format_exception(chained(LookupError(), group))

    names = ["LookupError", "ExceptionGroup", "TypeError", "OverflowError"]
    assert names == [line for line in text.splitlines() if line in names]
    assert "direct cause" in text


def test_a_context_is_shown_unless_it_is_suppressed() -> None:
    error = raised(RuntimeError())
    error.__context__ = raised(LookupError())

    shown = format_exception(error)
    error.__suppress_context__ = True

    assert "LookupError\n\nDuring handling of the above exception" in shown
    assert "LookupError" not in format_exception(error)


def test_the_size_of_a_traceback_is_limited() -> None:
    def recurse(depth: int) -> None:
        if depth:
            recurse(depth - 1)
        raise OverflowError

    with pytest.raises(OverflowError) as info:
        recurse(4 * MAX_FRAMES)
    group = BaseExceptionGroup("", [raised(TypeError()) for _ in range(4 * MAX_EXCEPTIONS)])
    loop = raised(LookupError())
    loop.__cause__ = ValueError()
    loop.__cause__.__cause__ = loop

    assert len(format_exception(info.value).splitlines()) < 3 * MAX_FRAMES
    assert MAX_EXCEPTIONS == format_exception(group).count("Traceback")
    assert 2 == format_exception(loop).count("Traceback")
