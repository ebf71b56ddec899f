"""Open the admin listener of ``serve``."""

from entrypoints.addresses import is_loopback
from entrypoints.commands.exit_codes import print_warning
from entrypoints.composition.bounds import find_admin_bounds
from entrypoints.server import sockets
from entrypoints.server.config import Bounds
from entrypoints.server.lifecycle.process_config import Admin
from entrypoints.settings import PREFIX, Settings


def open_admin(settings: Settings, bounds: Bounds) -> Admin | None:
    """Listen on the admin port, if there is one. Warn if other machines can reach it.

    Raises ``CannotListen``.
    """
    if settings.admin_port is None:
        return None
    listener = sockets.listen(settings.admin_host, settings.admin_port)
    address = sockets.get_address(listener)
    if not is_loopback(address):
        print_warning(
            f"{PREFIX}ADMIN_HOST is not a loopback address: every client that reaches {address} "
            "may request health checks and metrics without a credential"
        )
    return Admin(listener, find_admin_bounds(bounds))
