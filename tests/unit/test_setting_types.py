"""Settings that are comma-separated lists, and the bounds of the server's settings."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from entrypoints.quotas import Quota
from entrypoints.settings import InvalidSettings, Settings, load_settings


@pytest.fixture(autouse=True)
def no_settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def load(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> Settings:
    monkeypatch.setenv(f"HEROES_{name}", value)
    return load_settings()


@pytest.mark.parametrize(
    ("value", "hosts"),
    [
        ("", ()),
        (" , ,", ()),
        ("api.example", ("api.example",)),
        (" api.example , *.example.,localhost ", ("api.example", "*.example.", "localhost")),
        ("192.0.2.1,2001:db8::1,[::1]", ("192.0.2.1", "2001:db8::1", "[::1]")),
        ("*", ("*",)),
        ("a_b-c.Example", ("a_b-c.Example",)),
    ],
)
def test_allowed_hosts_are_names_and_addresses(
    monkeypatch: pytest.MonkeyPatch, value: str, hosts: tuple[str, ...]
) -> None:
    assert hosts == load(monkeypatch, "ALLOWED_HOSTS", value).allowed_hosts


@pytest.mark.parametrize(
    "host",
    [
        "api.example:80",
        "[::1]:80",
        "http://api.example",
        "api.example/",
        "u@api.example",
        "a b",
        ".example",
        "a..b",
        "**",
        "*example",
        "a.*",
        "*.",
        "*.*",
        "[::g]",
        "é.example",
    ],
)
def test_another_text_is_no_host(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    with pytest.raises(InvalidSettings) as refused:
        load(monkeypatch, "ALLOWED_HOSTS", f"localhost, {host}")

    expected = f"'{host}' is not a host; give names or addresses without a port"
    assert f"HEROES_ALLOWED_HOSTS is not valid: {expected}" == str(refused.value)


@pytest.mark.parametrize(
    ("value", "networks"),
    [
        ("", []),
        ("10.0.0.1", ["10.0.0.1/32"]),
        ("10.0.0.0/8, 2001:db8::/32", ["10.0.0.0/8", "2001:db8::/32"]),
        ("::1,127.0.0.0/255.0.0.0", ["::1/128", "127.0.0.0/8"]),
    ],
)
def test_trusted_proxies_are_addresses_and_networks(
    monkeypatch: pytest.MonkeyPatch, value: str, networks: list[str]
) -> None:
    expected = tuple(map(ip_network, networks))

    assert expected == load(monkeypatch, "TRUSTED_PROXIES", value).trusted_proxies


@pytest.mark.parametrize(
    "network", ["*", "localhost", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.1:80", "[::1]", "10", "x/8"]
)
def test_another_text_is_no_network(monkeypatch: pytest.MonkeyPatch, network: str) -> None:
    with pytest.raises(InvalidSettings) as refused:
        load(monkeypatch, "TRUSTED_PROXIES", f"10.0.0.1, {network}")

    expected = f"'{network}' is not an address or a network (whose host bits are zero)"
    assert f"HEROES_TRUSTED_PROXIES is not valid: {expected}" == str(refused.value)


@pytest.mark.parametrize(
    ("value", "origins"),
    [
        ("", ()),
        ("*", ("*",)),
        (
            " https://app.example , http://localhost:5173,",
            ("https://app.example", "http://localhost:5173"),
        ),
        ("HTTPS://App.Example", ("https://app.example",)),
        ("https://a.example:443,http://a.example:80", ("https://a.example", "http://a.example")),
        ("https://a.example:80,http://[::1]:08080", ("https://a.example:80", "http://[::1]:8080")),
        ("capacitor://localhost", ("capacitor://localhost",)),
        ("https://xn--bcher-kva.example", ("https://xn--bcher-kva.example",)),
    ],
)
def test_origins_are_written_as_browsers_send_them(
    monkeypatch: pytest.MonkeyPatch, value: str, origins: tuple[str, ...]
) -> None:
    assert origins == load(monkeypatch, "CORS_ORIGINS", value).cors_origins


@pytest.mark.parametrize(
    "origin",
    [
        "app.example",
        "https://app.example/",
        "https://app.example/path",
        "https://*.app.example",
        "https://u@app.example",
        "https://app.example:port",
        "https://app.example:1234567",
        "https://app.example:65536",
        "https://a b",
        "https://bücher.example",
        "https://",
        "null",
        "**",
    ],
)
def test_another_text_is_no_origin(monkeypatch: pytest.MonkeyPatch, origin: str) -> None:
    with pytest.raises(InvalidSettings) as refused:
        load(monkeypatch, "CORS_ORIGINS", f"https://a.example, {origin}")

    expected = f"'{origin}' is not an origin such as https://app.example, without a path"
    assert f"HEROES_CORS_ORIGINS is not valid: {expected}" == str(refused.value)


def test_an_asterisk_is_the_only_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidSettings) as refused:
        load(monkeypatch, "CORS_ORIGINS", "https://a.example,*")

    expected = "'*' allows every origin, but not as the listed ones: give it alone"
    assert f"HEROES_CORS_ORIGINS is not valid: {expected}" == str(refused.value)


@pytest.mark.parametrize(
    ("value", "root_path"),
    [("", ""), ("/", ""), ("/api", "/api"), ("/api/", "/api"), ("/a/b-c.d/v1", "/a/b-c.d/v1")],
)
def test_a_root_path_is_a_path_without_a_slash_at_its_end(
    monkeypatch: pytest.MonkeyPatch, value: str, root_path: str
) -> None:
    assert root_path == load(monkeypatch, "ROOT_PATH", value).root_path


@pytest.mark.parametrize(
    "value", ["api", "//api", "/api//", "/a/../b", "/a b", "/a?b", "/%41", "/é", "http://a/api"]
)
def test_another_text_is_no_root_path(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    with pytest.raises(InvalidSettings) as refused:
        load(monkeypatch, "ROOT_PATH", value)

    expected = f"HEROES_ROOT_PATH is not valid: '{value}' is not a path such as /api"
    assert expected == str(refused.value)


def test_each_wrong_element_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidSettings) as refused:
        load(monkeypatch, "TRUSTED_PROXIES", "a,10.0.0.1,b")

    assert ["'a'", "'b'"] == [sentence.split()[4] for sentence in str(refused.value).split("; ")]


@pytest.mark.parametrize(
    ("name", "lowest", "too_low"),
    [
        ("MAX_CONNECTIONS", 1, "0"),
        ("MAX_CONNECTIONS_PER_ADDRESS", 1, "0"),
        ("MAX_PENDING", 0, "-1"),
    ],
)
def test_a_bound_is_a_number_from_its_lowest_value(
    monkeypatch: pytest.MonkeyPatch, name: str, lowest: int, too_low: str
) -> None:
    assert lowest == getattr(load(monkeypatch, name, str(lowest)), name.lower())

    for value in (too_low, "many", "1.5"):
        with pytest.raises(InvalidSettings, match=f"^HEROES_{name} is not valid: "):
            load(monkeypatch, name, value)


@pytest.mark.parametrize("name", ["SEND_TIMEOUT", "RECEIVE_TIMEOUT"])
def test_a_timeout_is_at_most_ten_minutes(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert 600 == getattr(load(monkeypatch, name, "600"), name.lower())

    for value in ("0", "-1", "601", "nan", "inf", "soon"):
        with pytest.raises(InvalidSettings, match=f"^HEROES_{name} is not valid: "):
            load(monkeypatch, name, value)


@pytest.mark.parametrize(
    ("value", "methods"),
    [
        ("", None),
        ("none", frozenset()),
        ("api-key", {"api-key"}),
        ("jwt", {"jwt"}),
        ("api-key,jwt", {"api-key", "jwt"}),
        (" jwt , api-key ", {"api-key", "jwt"}),
    ],
)
def test_clients_are_authenticated_by_keys_or_tokens_or_not(
    monkeypatch: pytest.MonkeyPatch, value: str, methods: object
) -> None:
    assert methods == load(monkeypatch, "AUTH", value).auth


@pytest.mark.parametrize(
    "value", ["true", "api_key", "API-KEY", "apikey", "jwt,", ",", " ", "none,jwt", "hrs_secret"]
)
def test_another_text_is_no_way_to_authenticate(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    with pytest.raises(InvalidSettings) as refused:
        load(monkeypatch, "AUTH", value)

    expected = "HEROES_AUTH is not valid: give none, api-key, jwt, or api-key,jwt"
    assert expected == str(refused.value)


def test_a_rate_limit_is_a_quota_or_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Quota(600, 60) == load(monkeypatch, "RATE_LIMIT", "600/minute").rate_limit
    assert load(monkeypatch, "RATE_LIMIT", "").rate_limit is None


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("600", "a number, a slash and one of second, minute, hour, day are expected"),
        ("0/minute", "the number must be from 1 to 1,000,000,000"),
    ],
)
def test_another_text_is_no_rate_limit(
    monkeypatch: pytest.MonkeyPatch, value: str, reason: str
) -> None:
    with pytest.raises(InvalidSettings) as refused:
        load(monkeypatch, "RATE_LIMIT", value)

    expected = f"'{value}' is no quota such as 600/minute: {reason}"
    assert f"HEROES_RATE_LIMIT is not valid: {expected}" == str(refused.value)
