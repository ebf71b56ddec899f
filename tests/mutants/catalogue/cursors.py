"""Mistakes in cursors, positions and the links from page to page."""

from tests.mutants.mutant import Mutant

CURSORS = "entrypoints/http/listing/cursors.py"
LINKS = "entrypoints/http/listing/links.py"
QUERY_STRING = "entrypoints/http/listing/query_string.py"
QUERY = "domain/query.py"
INCLUDE = "entrypoints/http/listing/include.py"

UNIT = "tests/unit/http/listing/test_cursors.py"
PAGES = "tests/unit/http/listing/test_links.py"
MEMBERS = "tests/unit/http/listing/test_include.py"
QUERIES = "tests/unit/domain/test_query.py"

MUTANTS = [
    Mutant(
        "the digest does not cover the query",
        CURSORS,
        "blake2b(key + content,",
        "blake2b(content,",
        [UNIT],
    ),
    Mutant(
        "the digest does not cover the position",
        CURSORS,
        "blake2b(key + content,",
        "blake2b(key,",
        [UNIT],
    ),
    Mutant(
        "the digest is not checked",
        CURSORS,
        "if encode_cursor(query, position) == cursor:",
        "if True:",
        [UNIT],
    ),
    Mutant(
        "a cursor holds for the other direction",
        CURSORS,
        "[[key.field, key.descending] for key in sort]",
        "[[key.field] for key in sort]",
        [UNIT],
    ),
    Mutant(
        "a cursor holds for other values of the filters",
        CURSORS,
        "sorted([each.name, each.value] for each in filters)",
        "sorted([each.name] for each in filters)",
        [UNIT],
    ),
    Mutant(
        "the order of the filters changes the cursor",
        CURSORS,
        "sorted([each.name, each.value] for each in filters)",
        "list([each.name, each.value] for each in filters)",
        [UNIT],
    ),
    Mutant(
        "the next page begins after the first row of this one",
        LINKS,
        "query.position_of(page[-1])",
        "query.position_of(page[0])",
        [PAGES],
    ),
    Mutant(
        "a full page has no link",
        LINKS,
        "if not page or len(page) < query.limit:",
        "if not page or len(page) <= query.limit:",
        [PAGES],
    ),
    Mutant(
        "a page that is not full has a link",
        LINKS,
        "if not page or len(page) < query.limit:",
        "if not page:",
        [PAGES],
    ),
    Mutant(
        "an empty page has a link",
        LINKS,
        "if not page or len(page) < query.limit:",
        "if len(page) < query.limit:",
        [PAGES],
    ),
    Mutant(
        "the next page by offset skips a row",
        LINKS,
        "offset = query.offset + query.limit",
        "offset = query.offset + query.limit + 1",
        [PAGES],
    ),
    Mutant(
        "a link leads beyond the largest offset",
        LINKS,
        " if offset <= INT64_MAX else {}",
        "",
        [PAGES],
    ),
    Mutant(
        "a link repeats unknown parameters",
        LINKS,
        "for key, value in pairs if key in known]",
        "for key, value in pairs if key != name]",
        [PAGES],
    ),
    Mutant(
        "a link repeats the cursor of its own page",
        LINKS,
        "known_parameters(kind) - {name}",
        "known_parameters(kind)",
        [PAGES],
    ),
    Mutant(
        "a cursor is accepted with an offset",
        QUERY_STRING,
        'if "cursor" in parameters and "offset" in parameters:',
        "if False:",
        [PAGES],
    ),
    Mutant(
        "the first of two cursors counts",
        QUERY_STRING,
        "if len(parameters.getlist(name)) > 1:",
        "if False:",
        [PAGES],
    ),
    Mutant(
        "a forged cursor leads outside of the filters",
        QUERY,
        "each.is_match(values[each.field]) for each in query.filters if each.field in values",
        "True for each in query.filters if each.field in values",
        [UNIT],
    ),
    Mutant(
        "a forged cursor has a value of another type",
        QUERY,
        "query.fields[name].may_hold(value) for name, value in values.items()",
        "True for name, value in values.items()",
        [UNIT, QUERIES],
    ),
    Mutant(
        "a position may have values for too few keys",
        QUERY,
        "if len(after) != len(query.sort) or not all(",
        "if len(after) > len(query.sort) or not all(",
        [UNIT, QUERIES],
    ),
    Mutant(
        "the id is not the last sort key",
        QUERY,
        "for key in (*keys, *BY_ID):",
        "for key in keys:",
        [QUERIES],
    ),
    Mutant(
        "an offset beyond INT64_MAX is accepted",
        QUERY,
        "if not 0 <= number <= INT64_MAX:",
        "if not 0 <= number:",
        [QUERIES],
    ),
    Mutant(
        "a negative limit is accepted",
        QUERY,
        "if not 0 <= number <= INT64_MAX:",
        "if number > INT64_MAX:",
        [QUERIES],
    ),
    Mutant(
        "an unknown member to include is ignored",
        INCLUDE,
        "if not included.issubset(includable):",
        "if included.isdisjoint(includable):",
        [MEMBERS],
    ),
    Mutant(
        "a list always includes the entity tags",
        "entrypoints/http/resources/serializer.py",
        "self._many_tagged if included else self._many\n",
        "self._many_tagged\n",
        [MEMBERS],
    ),
    Mutant(
        "the link to the next page forgets what to include",
        QUERY_STRING,
        '"sort", "cursor", INCLUDE_NAME}',
        '"sort", "cursor"}',
        [MEMBERS],
    ),
    Mutant(
        "a key belongs to a batch whatever it includes",
        "entrypoints/http/idempotency.py",
        "encode() if included else b",
        "encode() if False else b",
        [MEMBERS],
    ),
]
