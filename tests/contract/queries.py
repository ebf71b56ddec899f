"""Random tables and random queries, small enough that ties, nulls and matches are common."""

from itertools import permutations, product

from hypothesis import strategies as st

from domain.filters import Filter, Operator
from domain.hero import HeroDraft, HeroQuery
from domain.query import ID, SortKey
from domain.rules import INT64_MAX, INT64_MIN

LETTERS = "aAb %_\\'\"?*[é\u0301\ud7ff\ue000\uffff😀\U0010ffff"
"""Both cases, wildcards and quotes of LIKE, GLOB and regular expressions, a combining character,
neighbours of the surrogates, and code points that UTF-16 sorts differently from UTF-8."""

EVERY_SORT = [
    tuple(
        SortKey(field, descending)
        for field, descending in zip((*fields, ID), directions, strict=True)
    )
    for length in range(len(HeroQuery.fields))
    for fields in permutations(sorted(HeroQuery.fields.keys() - {ID}), length)
    for directions in product((False, True), repeat=length + 1)
]
"""Every possible sort order."""

texts = st.text(LETTERS, max_size=3)
numbers = st.sampled_from([0, 1, 2, 30, INT64_MAX])

drafts = st.builds(
    HeroDraft,
    name=texts.filter(str.strip),
    secret_name=st.just("Dive Wilson"),
    age=st.none() | numbers,
)
tables = st.lists(drafts, max_size=12)

OPERANDS: dict[type, st.SearchStrategy[str | int | bool]] = {
    str: texts,
    int: numbers | st.sampled_from([-1, INT64_MIN]),
    bool: st.booleans(),
}
FILTERS = [
    st.builds(Filter, st.just(name), st.just(operator), OPERANDS[field.operand_type(operator)])
    for name, field in HeroQuery.fields.items()
    for operator in Operator
    if operator in field.operators
]

filters = st.lists(st.one_of(FILTERS), max_size=3, unique_by=lambda each: each.name).map(tuple)
queries = st.builds(
    HeroQuery,
    filters=filters,
    sort=st.sampled_from(EVERY_SORT),
    offset=st.integers(0, 3) | st.integers(1_001, INT64_MAX),
    limit=st.integers(0, 4) | st.integers(5, INT64_MAX),
)
