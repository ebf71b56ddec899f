"""The settings of tokens: complete, or refused in a sentence that contains no secret."""

import subprocess
import sys
from pathlib import Path

import pytest

from entrypoints.composition.authenticators import open_token_authenticator
from entrypoints.settings import InvalidSettings, Settings, load_settings
from tests.support.tokens import AUDIENCE, ISSUER, jwk_set, signing_key

EC = signing_key("ec", "ES256")
ROOT = Path(__file__).parents[2]
URL = "https://issuer.example/keys"
SECRET = "s3cr3t"  # noqa: S105 - must not be in any message


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("keys.json").write_bytes(jwk_set(EC))


def load(monkeypatch: pytest.MonkeyPatch, **settings: str) -> Settings:
    for name, value in settings.items():
        monkeypatch.setenv(f"HEROES_JWT_{name.upper()}", value)
    return load_settings()


async def test_the_keys_of_a_file_verify_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, issuer=ISSUER, audience=AUDIENCE, jwks_file="keys.json")

    assert await open_token_authenticator(settings).authenticate(EC.token())


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "https://issuer.example:8443/realms/a%20b/certs?version=2",
        "https://[2001:db8::1]/keys",
        "http://127.0.0.1:9000/keys",
        "http://[::1]/keys",
        "http://localhost/keys",
    ],
)
def test_no_request_is_sent_before_the_service_runs(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    settings = load(monkeypatch, issuer=ISSUER, audience=AUDIENCE, jwks_url=url)

    assert open_token_authenticator(settings).published.current is None


@pytest.mark.parametrize(
    "url",
    [
        "issuer.example/keys",
        "file:///etc/passwd",
        "ftp://issuer.example/keys",
        "https://",
        "https:///keys",
        "https://issuer.example:0/keys",
        "https://issuer.example:70000/keys",
        "https://[::1/keys",
        "https://issuer.example/keys#first",
        "https://issuer.example/a b",
        "https://issuer.example/é",
        "https://issuer.example/\r\nX: y",
        f"https://me:{SECRET}@issuer.example/keys",
    ],
)
def test_what_is_no_url_of_keys_is_refused_and_not_quoted(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    with pytest.raises(InvalidSettings) as refused:
        load(monkeypatch, jwks_url=url)

    assert str(refused.value).startswith("HEROES_JWT_JWKS_URL is not valid: it is not a URL")
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    "host", ["issuer.example", "10.0.0.1", "localhost.example", "[2001:db8::1]"]
)
def test_keys_are_not_sent_in_clear_text(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    with pytest.raises(InvalidSettings, match="use https"):
        load(monkeypatch, jwks_url=f"http://{host}/keys")


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"issuer": ISSUER, "audience": AUDIENCE},
        {"issuer": ISSUER, "jwks_url": URL},
        {"audience": AUDIENCE, "jwks_url": URL},
        {"audience": AUDIENCE, "issuer": "", "jwks_url": URL},
        {"issuer": ISSUER, "audience": AUDIENCE, "jwks_url": URL, "jwks_file": "keys.json"},
    ],
    ids=range(6),
)
def test_settings_that_are_not_complete_are_refused(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]
) -> None:
    with pytest.raises(InvalidSettings, match=r"^tokens need HEROES_JWT_ISSUER, .*_FILE$"):
        open_token_authenticator(load(monkeypatch, **settings))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "it is not a file"),
        ("", "it is not JSON"),
        (f'{{"keys": [{{"kty": "oct", "k": "{SECRET}"}}]}}', "it has no key that this service"),
    ],
    ids=range(3),
)
def test_a_file_without_keys_is_refused_and_not_quoted(
    monkeypatch: pytest.MonkeyPatch, content: str | None, reason: str
) -> None:
    if content is None:
        Path("keys.json").unlink()
    else:
        Path("keys.json").write_text(content)

    with pytest.raises(InvalidSettings) as refused:
        open_token_authenticator(
            load(monkeypatch, issuer=ISSUER, audience=AUDIENCE, jwks_file="keys.json")
        )

    assert str(refused.value).startswith(f"HEROES_JWT_JWKS_FILE is not valid: {reason}")
    assert SECRET not in str(refused.value)


def test_the_library_of_tokens_is_not_imported_without_need() -> None:
    """It takes 40 ms and 10 MB."""
    program = "import sys, entrypoints.bootstrap; print({'jwt', 'cryptography'} & set(sys.modules))"

    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )

    assert "set()" == ended.stdout.strip()
