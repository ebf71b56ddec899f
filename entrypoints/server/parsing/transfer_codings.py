"""Transfer codings (RFC 9112, sections 6.1 and 7)."""

import re
from collections.abc import Sequence
from http import HTTPStatus

from entrypoints.http.header_fields import split_list
from entrypoints.server.parsing.refusals import Refused, bad_request

_CODING = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]++(?:[ \t]*+;.*+)?")


def check_transfer_codings(headers: Sequence[tuple[bytes, bytes]], version: str) -> bool:
    """Return whether the body is chunked, the only coding that the server implements.

    Raises ``Refused``: 501 for another coding, and 400 for a malformed list or if ``chunked`` is
    not the last coding. HTTP/1.0 has no transfer codings.
    """
    fields = [value.decode("latin-1") for name, value in headers if name == b"transfer-encoding"]
    if not fields:
        return False
    codings = split_list(",".join(fields).lower())
    if version == "1.0" or not codings or not all(map(_CODING.fullmatch, codings)):
        raise bad_request("The Transfer-Encoding header is malformed.")
    if any(coding.partition(";")[0].rstrip() != "chunked" for coding in codings):
        raise Refused(HTTPStatus.NOT_IMPLEMENTED, "The only transfer coding supported is chunked.")
    if codings != ["chunked"]:
        raise bad_request("A body can be chunked only once, and without parameters.")
    return True
