"""Content negotiation by ``Accept`` (RFC 9110, sections 12.4.2 and 12.5.1)."""

import re
from collections.abc import Iterable, Mapping

from starlette.datastructures import Headers
from starlette.types import Scope

from entrypoints.http.header_fields import NEXT_PARAMETER, TCHAR, limit_size, split_list

VARY = {"Vary": "Accept"}
"""The header of a response whose media type was negotiated (RFC 9110, section 12.5.5)."""

RANGE = re.compile(
    rf"({TCHAR}++/{TCHAR}++)"
    rf'(?:{NEXT_PARAMETER}charset="?utf-8"?)?'
    rf"(?:{NEXT_PARAMETER}q=(0(?:\.[0-9]{{0,3}})?|1(?:\.0{{0,3}})?)(?:{NEXT_PARAMETER}.*+)?)?"
    r"[ \t;]*+"
)
"""A media range in lower case, and its weight. RFC 7231 allowed parameters after the weight.

A range with another parameter matches no media type of this API. ``charset=utf-8`` is ignored: JSON
defines no charset, but clients send it.
"""


def prefers(scope: Scope, media_type: str, *, to: str) -> bool:
    """Return whether the request prefers ``media_type`` to the default ``to``.

    With equal weights it prefers the default, unless it names ``media_type`` itself. A request that
    accepts neither, or whose ``Accept`` is malformed, has no preference.
    """
    weights = _parse_weights(Headers(scope=scope).getlist("accept"))
    weight, default = _find_weight(weights, media_type), _find_weight(weights, to)
    return weight > default or (weight == default > 0 and media_type in weights)


def _find_weight(weights: Mapping[str, float], media_type: str) -> float:
    """Return the weight of the most specific range that includes the media type."""
    ranges = (media_type, media_type.partition("/")[0] + "/*", "*/*")
    return next((weights[range_] for range_ in ranges if range_ in weights), 0)


def _parse_weights(headers: Iterable[str]) -> Mapping[str, float]:
    """Return the weight of each range, and the highest weight of a repeated range.

    Malformed ranges are ignored.
    """
    weights: dict[str, float] = {}
    for header in limit_size(headers):
        for found in filter(None, map(RANGE.fullmatch, split_list(header.lower()))):
            range_, weight = found[1], float(found[2] or 1)
            weights[range_] = max(weight, weights.get(range_, 0))
    return weights
