"""The bounds on the connections and requests of a process."""

from dataclasses import replace

from entrypoints.server.allowed_hosts import EVERY, AllowedHosts, default_hosts
from entrypoints.server.clients import Clients
from entrypoints.server.config import Bounds
from entrypoints.server.descriptors import connection_capacity
from entrypoints.settings import PREFIX, InvalidSettings, Settings
from service_layer.database import Database

DEFAULT_MAX_CONNECTIONS = 10_000
"""Maximum number of connections of a process, if none is set. An idle one takes 6 kB."""

DESCRIPTORS_PER_CONNECTION = 4
"""File descriptors for each connection to the database: a file, its log and temporary files.

A connection to a server needs one, and one more to cancel a statement; replicas have as many.
"""


ADMIN_CONNECTIONS = 64
"""Maximum number of connections of the admin listener."""


def find_bounds(database: Database, settings: Settings, listening_address: str) -> Bounds:
    """Return the bounds on what a process accepts. Raises ``InvalidSettings``."""
    reserved = DESCRIPTORS_PER_CONNECTION * database.connections
    if settings.admin_port is not None:
        reserved += ADMIN_CONNECTIONS
    available = connection_capacity(reserved=reserved)
    wanted = settings.max_connections
    if wanted is not None and wanted > available:
        raise InvalidSettings(
            f"{PREFIX}MAX_CONNECTIONS is {wanted}, but the limit on open files allows {available}: "
            "lower it, or raise that limit with ulimit -n"
        )
    return Bounds(
        receive_timeout=settings.receive_timeout,
        send_timeout=settings.send_timeout,
        concurrency=database.concurrency,
        max_pending=settings.max_pending,
        max_connections=wanted or min(available, DEFAULT_MAX_CONNECTIONS),
        max_connections_per_client=settings.max_connections_per_address,
        allowed_hosts=AllowedHosts(settings.allowed_hosts or default_hosts(listening_address)),
        clients=Clients(settings.trusted_proxies),
        root_path=settings.root_path,
        origins=settings.cors_origins,
    )


def find_admin_bounds(bounds: Bounds) -> Bounds:
    """Return the bounds of the admin listener. Timeouts are those of the main one.

    It accepts every host, because monitoring systems request it by any name or address.
    """
    return replace(
        bounds,
        max_connections=ADMIN_CONNECTIONS,
        max_connections_per_client=None,
        allowed_hosts=AllowedHosts([EVERY]),
        clients=Clients(),
        root_path="",
        origins=(),
    )
