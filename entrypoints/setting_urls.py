"""The type of the setting for the URL of an issuer's keys."""

import re
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

_PRINTABLE = re.compile(r"[!-~]+")


def _check_key_url(text: str) -> str:
    """Return the text if it is a URL with ``https``, or with ``http`` on loopback.

    Error messages do not contain it, because its query may be a secret.
    """
    url = _split_url(text)
    if url is None or url.scheme not in {"http", "https"} or url.username is not None:
        reason = "it is not a URL such as https://issuer.example/keys, without a user or a fragment"
        raise PydanticCustomError("key_url", reason)
    if url.scheme == "http" and not _is_loopback(str(url.hostname)):
        reason = "use https: keys that are sent in clear text can be replaced on the way"
        raise PydanticCustomError("key_url", reason)
    return text


def _split_url(text: str) -> SplitResult | None:
    """Return the parts of a URL with a host and a valid port or none, otherwise ``None``."""
    try:
        url = urlsplit(text)
        has_host = bool(url.hostname) and url.port != 0
    except ValueError:
        return None
    return url if has_host and _PRINTABLE.fullmatch(text) and "#" not in text else None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


KeyUrl = Annotated[str, AfterValidator(_check_key_url)]
