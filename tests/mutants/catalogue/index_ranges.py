"""Mistakes in the SQL of pages: index ranges, sort keys, filters and limits."""

from tests.mutants.mutant import Mutant

RANGES = "adapters/sql/queries/index_ranges.py"
SORT_KEYS = "adapters/sql/queries/sort_keys.py"
SELECT = "adapters/sql/queries/select.py"
INDEXES = "adapters/sql/queries/indexes.py"
PREDICATES = "adapters/sql/queries/predicates.py"

PAGES = "tests/contract/test_pages.py"
RESULTS = [f"{PAGES}::test_every_page_in_every_order_is_a_slice_of_a_sorted_list[sqlite]"]
ON_POSTGRES = [f"{PAGES}::test_every_page_in_every_order_is_a_slice_of_a_sorted_list[postgres]"]
TEXTS = [f"{PAGES}::test_a_text_is_compared_by_code_point[sqlite]"]
NUMBERS = [f"{PAGES}::test_a_range_of_numbers_includes_its_bound[sqlite]"]
INDEX_USE = "tests/unit/sql/test_indexes.py"
COSTS = "tests/integration/sqlite/test_page_costs.py"

MUTANTS = [
    Mutant(
        "a page repeats the row of its position",
        SORT_KEYS,
        "self.value < self._position if self.descending else self.value > self._position",
        "self.value <= self._position if self.descending else self.value >= self._position",
        RESULTS,
    ),
    Mutant(
        "a descending page goes upwards from its position",
        SORT_KEYS,
        "self.value < self._position if self.descending else self.value > self._position",
        "self.value > self._position",
        RESULTS,
    ),
    Mutant(
        "ties with the position are skipped",
        RANGES,
        "if self.is_after and rest:",
        "if False:",
        RESULTS,
    ),
    Mutant(
        "nulls are left out",
        RANGES,
        "if first.column.nullable and not self.bounds:",
        "if False:",
        RESULTS,
    ),
    Mutant(
        "nulls match a bound",
        RANGES,
        "if first.column.nullable and not self.bounds:",
        "if first.column.nullable:",
        RESULTS,
    ),
    Mutant(
        "nulls come where the database puts them",
        SORT_KEYS,
        "return order.nulls_last() if self.column.nullable else order",
        "return order",
        RESULTS,
    ),
    Mutant(
        "nulls come first",
        SORT_KEYS,
        "order.nulls_last()",
        "order.nulls_first()",
        RESULTS,
    ),
    Mutant(
        "a scan leaves out nulls after a value",
        SORT_KEYS,
        "return or_(self.after(), self.value.is_(None)) if self.column.nullable else self.after()",
        "return self.after()",
        RESULTS,
    ),
    Mutant(
        "after a null, a page begins again",
        SORT_KEYS,
        "            return false()",
        "            return self.column.is_not(None)",
        RESULTS,
    ),
    Mutant(
        "after a null, values are read again",
        RANGES,
        "if not first.is_null:",
        "if True:",
        RESULTS,
    ),
    Mutant(
        "the last group of a page is left out",
        RANGES,
        "            yield self._group(first.column == last)\n",
        "",
        RESULTS,
    ),
    Mutant(
        "the last group of a page is repeated",
        SORT_KEYS,
        "return self.column > value if self.descending else self.column < value",
        "return self.column >= value if self.descending else self.column <= value",
        RESULTS,
    ),
    Mutant(
        "the last row of a page is taken to be one row earlier",
        SELECT,
        'values["last_row"] = max(page_end - 1, 0)',
        'values["last_row"] = max(page_end - 2, 0)',
        RESULTS,
    ),
    Mutant(
        "the last row of an empty page is at offset -1",
        SELECT,
        'values["last_row"] = max(page_end - 1, 0)',
        'values["last_row"] = page_end - 1',
        ON_POSTGRES,
        survives="with a limit of 0, PostgreSQL reads no range; SQLite takes -1 for 0",
    ),
    Mutant(
        "a range has room for the limit, but not for the offset",
        SELECT,
        "page_end = min(query.offset + query.limit, INT64_MAX)",
        "page_end = min(query.limit, INT64_MAX)",
        RESULTS,
    ),
    Mutant(
        "offset plus limit does not fit a parameter",
        SELECT,
        "page_end = min(query.offset + query.limit, INT64_MAX)",
        "page_end = query.offset + query.limit",
        RESULTS,
    ),
    Mutant(
        "the last range has no limit",
        RANGES,
        "return select(rows).order_by(*order).limit(LIMIT).offset(OFFSET)",
        "return select(rows).order_by(*order).limit(PAGE_END)",
        RESULTS,
    ),
    Mutant(
        "a range is read though the ranges before it fill the page",
        RANGES,
        "limit = case((row_count < PAGE_END, PAGE_END), else_=ZERO)",
        "limit = PAGE_END",
        [COSTS],
    ),
    Mutant(
        "a page begins at a bound of its filters",
        RANGES,
        "conditions = [each for each in (after, before) if each is not None] + bounds",
        "conditions = [condition for _, condition in self.bounds]\n"
        "        conditions += [each for each in (after, before) if each is not None]",
        [COSTS],
    ),
    Mutant(
        "a bound that the position does not imply is dropped",
        RANGES,
        "    False: frozenset({Comparator.IS_NOT_NULL, Comparator.GE}),",
        "    False: frozenset({Comparator.IS_NOT_NULL, Comparator.GE, Comparator.LE}),",
        RESULTS,
    ),
    Mutant(
        "a query by an unindexed filter counts as indexed",
        INDEXES,
        "each.field != keys[0] or each.comparator is Comparator.CONTAINS for each in inequalities",
        "each.field != keys[0] for each in inequalities",
        [COSTS],
    ),
    Mutant(
        "an index serves filters on any of its columns",
        INDEXES,
        "if set(index[: len(constant)]) != set(constant):",
        "if not set(constant) <= set(index):",
        [INDEX_USE],
    ),
    Mutant(
        "a page with three sort keys counts as bounded",
        SELECT,
        "is_bounded = indexed == len(keys) and len(keys) <= MAX_INDEXED_KEYS",
        "is_bounded = indexed == len(keys)",
        [INDEX_USE],
    ),
    Mutant(
        "a page that an index orders in part counts as bounded",
        SELECT,
        "is_bounded = indexed == len(keys) and len(keys) <= MAX_INDEXED_KEYS",
        "is_bounded = len(keys) <= MAX_INDEXED_KEYS",
        [INDEX_USE],
    ),
    Mutant(
        "a large offset does not count as a scan",
        SELECT,
        "if not indexed or shape.has_large_offset or shape.as_shown:",
        "if not indexed or shape.as_shown:",
        [COSTS],
    ),
    Mutant(
        "an offset of 1,001 does not count as large",
        SELECT,
        "query.offset > MAX_CHEAP_OFFSET",
        "query.offset > MAX_CHEAP_OFFSET + 1",
        [COSTS],
    ),
    Mutant(
        "a count does not count as a scan",
        SELECT,
        "return statement.execution_options(**{MAY_SCAN: True})",
        "return statement",
        [COSTS],
    ),
    Mutant(
        "a count ignores the filters",
        SELECT,
        "select(func.count()).select_from(table).where(*conditions)",
        "select(func.count()).select_from(table)",
        TEXTS,
    ),
    Mutant(
        "matching a part of a text ignores case and knows wildcards",
        PREDICATES,
        '_strpos(column, value) > literal_column("0")',
        "column.like('%' + value + '%')",
        TEXTS,
    ),
    Mutant(
        "a text does not contain its beginning",
        PREDICATES,
        '_strpos(column, value) > literal_column("0")',
        '_strpos(column, value) > literal_column("1")',
        TEXTS,
    ),
    Mutant(
        "a prefix has no upper bound",
        PREDICATES,
        "            if end := prefix_upper_bound(str(value)):\n",
        '            if end := "":\n',
        TEXTS,
    ),
    Mutant(
        "a prefix matches the text after it",
        PREDICATES,
        "Comparator.LT: lambda column, value: column < value,",
        "Comparator.LT: lambda column, value: column <= value,",
        TEXTS,
    ),
    Mutant(
        "the text after a prefix is a surrogate",
        PREDICATES,
        "AFTER_SURROGATES if last == BEFORE_SURROGATES else chr(ord(last) + 1)",
        "chr(ord(last) + 1)",
        TEXTS,
    ),
    Mutant(
        "a prefix of the last code point has a successor",
        PREDICATES,
        "stem = prefix.rstrip(LAST_CODE_POINT)",
        "stem = prefix",
        TEXTS,
    ),
    Mutant(
        "a lower bound is exclusive",
        PREDICATES,
        "Comparator.GE: lambda column, value: column >= value,",
        "Comparator.GE: lambda column, value: column > value,",
        NUMBERS,
    ),
    Mutant(
        "an upper bound is exclusive",
        PREDICATES,
        "Comparator.LE: lambda column, value: column <= value,",
        "Comparator.LE: lambda column, value: column < value,",
        NUMBERS,
    ),
    Mutant(
        "null and not null are confused",
        PREDICATES,
        "Comparator.IS_NULL if value else Comparator.IS_NOT_NULL",
        "Comparator.IS_NOT_NULL if value else Comparator.IS_NULL",
        NUMBERS,
    ),
]
