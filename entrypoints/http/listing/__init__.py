"""Lists: filters, sort order, pages, cursors, links, counts and included members."""

from entrypoints.http.listing.include import describe_include, read_include
from entrypoints.http.listing.links import LINKS, member_path, next_page
from entrypoints.http.listing.parameters import PAGE_MAX, Limit, Offset, describe_parameters
from entrypoints.http.listing.prefer import COUNTS, PREFER, VARY, count_headers, wants_exact_count
from entrypoints.http.listing.query_string import read_query

__all__ = [
    "COUNTS",
    "LINKS",
    "PAGE_MAX",
    "PREFER",
    "VARY",
    "Limit",
    "Offset",
    "count_headers",
    "describe_include",
    "describe_parameters",
    "member_path",
    "next_page",
    "read_include",
    "read_query",
    "wants_exact_count",
]
