"""The root path of a request, and targets that still have it."""

import pytest

from entrypoints.server.parsing.root_paths import RootPaths

HOST = (b"host", b"localhost")


def forwarded(*values: bytes) -> list[tuple[bytes, bytes]]:
    return [HOST, *((b"x-forwarded-prefix", value) for value in values), (b"accept", b"*/*")]


@pytest.mark.parametrize("is_proxy", [True, False])
def test_the_configured_one_applies_if_the_request_names_none(*, is_proxy: bool) -> None:
    assert "/api" == RootPaths("/api").find([HOST], is_proxy=is_proxy)
    assert "" == RootPaths().find([HOST], is_proxy=is_proxy)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([b"/v1"], "/v1"),
        ([b" /v1/ "], "/v1"),
        ([b"/a/b.c/~d_e-f"], "/a/b.c/~d_e-f"),
        ([b"/"], ""),
        ([b"/client", b"/proxy"], "/proxy"),
        ([b"/client, /proxy"], "/proxy"),
        ([b"/client,/proxy\t"], "/proxy"),
    ],
)
def test_a_trusted_proxy_names_another(values: list[bytes], expected: str) -> None:
    assert expected == RootPaths("/api").find(forwarded(*values), is_proxy=True)


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b" ",
        b"api",
        b"//evil.example",
        b"/api//x",
        b"/..",
        b"/a/../b",
        b"/.",
        b"/a/./",
        b"/%2e%2e",
        b"/a b",
        b"/a?b",
        b"/a#b",
        b"/a\\b",
        b"/\xe9",
        b"http://evil.example/",
        b"/api\n",
        b"/" + b"a" * 255,
    ],
)
def test_another_text_is_ignored(value: bytes) -> None:
    assert "/api" == RootPaths("/api").find(forwarded(value), is_proxy=True)


def test_nobody_else_names_one() -> None:
    assert "/api" == RootPaths("/api").find(forwarded(b"/v1"), is_proxy=False)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (b"/things/1?x=/api/", b"/things/1?x=/api/"),
        (b"/api/things/1?x=y", b"/things/1?x=y"),
        (b"/api/api/things", b"/api/things"),
        (b"/api/", b"/"),
        (b"/api", b"/"),
        (b"/api?x", b"/?x"),
        (b"/apis/1", b"/apis/1"),
        (b"/%61pi/things", b"/%61pi/things"),
        (b"/api//things", b"//things"),
        (b"*", b"*"),
    ],
)
def test_a_root_path_is_removed_from_a_target_once(target: bytes, expected: bytes) -> None:
    assert expected == RootPaths().remove(target, "/api")


def test_without_a_root_path_a_target_is_unchanged() -> None:
    assert b"//api/things" == RootPaths().remove(b"//api/things", "")


@pytest.mark.parametrize("root", ["/things", "/things/v1"])
def test_a_target_that_may_be_a_path_of_the_service_is_unchanged(root: str) -> None:
    roots = RootPaths(root, own_paths=["/", "/things/{id}"])

    assert b"/things/v1" == roots.remove(b"/things/v1", root)
    assert b"/1" == roots.remove(b"/thing/1", "/thing")
