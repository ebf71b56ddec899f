"""File permissions in tests that run as root."""

import ctypes
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

DAC_OVERRIDE = 1 << 1
DAC_READ_SEARCH = 1 << 2
"""The capabilities with which root bypasses file permissions (capabilities(7))."""

VERSION = 0x20080522
"""``_LINUX_CAPABILITY_VERSION_3``."""

NOBODY = 65534

LIBC = ctypes.CDLL(None, use_errno=True)


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Capabilities(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


@contextmanager
def subject_to_permissions() -> Iterator[None]:
    """Make file permissions apply to this thread and the threads it starts, even as root.

    The user does not change, so the checkout stays readable.
    """
    capabilities = (_Capabilities * 2)()
    _call(LIBC.capget, capabilities)
    granted = capabilities[0].effective
    capabilities[0].effective &= ~(DAC_OVERRIDE | DAC_READ_SEARCH)
    _call(LIBC.capset, capabilities)
    try:
        yield
    finally:
        capabilities[0].effective = granted
        _call(LIBC.capset, capabilities)


@contextmanager
def another_user() -> Iterator[None]:
    """Become a user who may not look at the processes of root. Needs root."""
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def _call(function: Callable[..., int], capabilities: "ctypes.Array[_Capabilities]") -> None:
    if function(ctypes.byref(_Header(VERSION, 0)), capabilities) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


@contextmanager
def shared_directory() -> Iterator[Path]:
    """Create a directory that any user can enter, unlike those of pytest."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)
