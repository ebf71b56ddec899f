"""Names of variables that are nearly settings, unknown, or injected by Kubernetes."""

import pytest

from entrypoints.setting_names import MAX_LISTED, Names, classify, format_names
from entrypoints.settings import PREFIX, Settings


def classified(**variables: str) -> Names:
    return classify(variables, Settings.model_fields, PREFIX)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("HEROES_DATABSE_URL", "HEROES_DATABASE_URL"),
        ("HEROES_DATABASE_URI", "HEROES_DATABASE_URL"),
        ("HEROES_DATABASEURL", "HEROES_DATABASE_URL"),
        ("HEROES__DATA_BASE_URLS", "HEROES_DATABASE_URL"),
        ("HEROES_PROT", "HEROES_PORT"),
        ("heroes_hots", "HEROES_HOST"),
        ("HEROS_DATABASE_URL", "HEROES_DATABASE_URL"),
        ("HERO_DATABASE_URL", "HEROES_DATABASE_URL"),
        ("HEROESDATABASEURL", "HEROES_DATABASE_URL"),
        ("HEROES_MAX_CONNECTION_PER_ADDRES", "HEROES_MAX_CONNECTIONS_PER_ADDRESS"),
    ],
)
def test_a_name_at_most_two_edits_from_a_setting_is_misspelt(name: str, meant: str) -> None:
    assert {name.upper(): meant} == classified(**{name: "x"}).misspelt


@pytest.mark.parametrize("name", ["HEROES_DATBSE_UR", "HEROES_COLOUR", "HEROES_", "HEROES_PRT99"])
def test_other_names_are_unknown(name: str) -> None:
    assert Names({}, (name,), ()) == classified(**{name: "x"})


@pytest.mark.parametrize("name", ["HEROES_PORT", "heroes_port", "HERO_POOR", "DATABSE_URL"])
def test_settings_and_the_variables_of_others_are_neither(name: str) -> None:
    assert Names({}, (), ()) == classified(**{name: "8000"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HEROES_PORT", "tcp://10.96.0.12:8000"),
        ("HEROES_ADMIN_PORT", "udp://10.96.0.12:8000"),
        ("HEROES_DB_PORT", "sctp://10.96.0.12:8000"),
        ("HEROES_SERVICE_HOST", "10.96.0.12"),
        ("HEROES_DB_SERVICE_HOST", "10.96.0.12"),
        ("HEROES_SERVICE_PORT", "8000"),
        ("HEROES_SERVICE_PORT_HTTP", "8000"),
        ("HEROES_PORT_8000_TCP", "tcp://10.96.0.12:8000"),
        ("HEROES_PORT_8000_TCP_PROTO", "tcp"),
        ("HEROES_DB_PORT_53_UDP_ADDR", "10.96.0.12"),
    ],
)
def test_variables_of_kubernetes_services_are_no_mistakes(name: str, value: str) -> None:
    assert Names({}, (), (name,)) == classified(**{name: value})


def test_variables_of_kubernetes_for_services_of_a_similar_name_are_not_considered() -> None:
    assert Names({}, (), ()) == classified(HERO_PORT="tcp://10.96.0.12:8000")


def test_a_port_that_is_no_address_of_a_service_is_not_injected() -> None:
    assert () == classified(HEROES_DB_PORT="5432").injected
    assert () == classified(HEROES_PORT="http://10.96.0.12:8000").injected


def test_a_message_lists_ten_names_in_printable_characters() -> None:
    names = [f"HEROES_{number}" for number in range(MAX_LISTED + 2)]

    assert "HEROES_A\\n\\x1b" == format_names(["HEROES_A\n\x1b"])
    assert format_names(names).endswith(", HEROES_9 and 2 more")
