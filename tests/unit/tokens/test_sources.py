"""Keys come from a file that may be replaced at any time, or from a URL."""

import os
from pathlib import Path

import pytest

from adapters.tokens.authenticator import UnusableKeyFile, open_file
from adapters.tokens.key_set import MAX_KEY_SET
from adapters.tokens.sources import FileSource, KeysUnavailable, UrlSource
from adapters.tokens.verification import TokenVerifier
from tests.support.tokens import AUDIENCE, ISSUER, SCOPES, jwk_set, signing_key

EC = signing_key("ec", "ES256")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    path.write_bytes(jwk_set(EC))
    return path


def test_a_file_is_read_anew_each_time(file: Path) -> None:
    source = FileSource(file)
    assert jwk_set(EC) == source.read_now()

    file.write_bytes(b"{}")

    assert b"{}" == source.read_now()


async def test_a_file_is_read_beside_the_event_loop(file: Path) -> None:
    assert jwk_set(EC) == await FileSource(file).read()


def test_a_mounted_secret_is_replaced_by_its_link(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(file)
    source = FileSource(link)
    other = tmp_path / "other.json"
    other.write_bytes(b"{}")
    new_link = tmp_path / "new"
    new_link.symlink_to(other)

    new_link.rename(link)

    assert b"{}" == source.read_now()


def test_not_more_of_a_file_is_read_than_a_key_set_may_have(file: Path) -> None:
    file.write_bytes(b" " * MAX_KEY_SET * 3)

    assert MAX_KEY_SET + 1 == len(FileSource(file).read_now())


@pytest.mark.parametrize("kind", ["missing", "directory", "pipe", "device"])
def test_what_is_no_file_is_not_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "keys"
    if kind == "directory":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path = Path(os.devnull)

    with pytest.raises(KeysUnavailable, match="it is not a file"):
        FileSource(path).read_now()


def test_a_file_that_may_not_be_read_is_unavailable(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)

    with pytest.raises(KeysUnavailable, match="Permission denied"):
        FileSource(file).read_now()


async def test_the_keys_of_a_file_are_known_from_the_start(file: Path) -> None:
    authenticator = open_file(TokenVerifier(ISSUER, AUDIENCE, SCOPES), file)

    assert await authenticator.authenticate(EC.token())


@pytest.mark.parametrize("content", [b"", b"{}", b'{"keys": []}', None])
def test_a_start_without_keys_in_the_file_is_refused(file: Path, content: bytes | None) -> None:
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)

    with pytest.raises(UnusableKeyFile):
        open_file(TokenVerifier(ISSUER, AUDIENCE, SCOPES), file)


def test_the_query_of_a_url_is_in_no_log() -> None:
    name = UrlSource("https://issuer.example/keys?token=secret").name

    assert "https://issuer.example/keys" == name
