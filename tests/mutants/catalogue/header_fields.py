"""Mistakes in the grammar of header fields, in their bounds and in content negotiation."""

from tests.mutants.mutant import Mutant

GRAMMAR = "entrypoints/http/header_fields.py"
ACCEPT = "entrypoints/http/accept.py"
PREFER = "entrypoints/http/listing/prefer.py"

FIELDS = "tests/unit/http/test_header_fields.py"
LINEAR_TIME = "tests/unit/http/patterns/test_linear_time.py::test_a_pattern_takes_linear_time"
SIZES = "tests/unit/http/test_limit_size.py"
NEGOTIATION = "tests/unit/http/test_accept.py"
PREFERENCES = "tests/unit/http/listing/test_prefer.py"

MUTANTS = [
    Mutant(
        "blanks around a value are matched in quadratic time",
        GRAMMAR,
        r"(?:=[ \t]*+({TCHAR}++|",
        r"(?:=[ \t]*({TCHAR}++|",
        [LINEAR_TIME],
    ),
    Mutant(
        "a quoted string is matched in exponential time",
        GRAMMAR,
        r"""_OPEN_STRING = r'"(?:[^"\\]++|\\.)*+'""",
        r"""_OPEN_STRING = r'"(?:[^"\\]+|\\.)*'""",
        [LINEAR_TIME],
    ),
    Mutant(
        "two elements of a list need no comma between them",
        GRAMMAR,
        r"(?:,[ \t,]*+|\Z))*+",
        r"(?:,[ \t,]*+)?+)*+",
        [FIELDS],
    ),
    Mutant(
        "the whole of a long preference is parsed",
        GRAMMAR,
        "if len(value) > left:",
        "if False:",
        [SIZES],
    ),
    Mutant(
        "1 KiB of each line is parsed",
        GRAMMAR,
        "        left -= len(value)\n",
        "",
        [SIZES],
    ),
    Mutant(
        "a value of exactly 1 KiB is cut",
        GRAMMAR,
        "if len(value) > left:",
        "if len(value) >= left:",
        [SIZES],
    ),
    Mutant(
        "half an element is parsed",
        GRAMMAR,
        'yield value[:left].rpartition(",")[0]',
        "yield value[:left]",
        [SIZES],
    ),
    Mutant(
        "Accept has no bound",
        ACCEPT,
        "for header in limit_size(headers):",
        "for header in headers:",
        [NEGOTIATION],
    ),
    Mutant(
        "Prefer has no bound",
        PREFER,
        'for line in limit_size(headers.getlist("prefer")):',
        'for line in headers.getlist("prefer"):',
        [PREFERENCES],
    ),
    Mutant(
        "a comma in a quoted string separates",
        GRAMMAR,
        """_ELEMENT.findall(text) if '"' in text else text.split(",")""",
        """text.split(",")""",
        [FIELDS],
    ),
    Mutant(
        "blanks are all white space",
        GRAMMAR,
        '_BLANKS = " \\t"',
        "_BLANKS = None",
        [FIELDS],
    ),
    Mutant(
        "escapes are not decoded",
        GRAMMAR,
        'return _ESCAPE.sub(r"\\1", quoted[1:-1])',
        "return quoted[1:-1]",
        [FIELDS],
    ),
    Mutant(
        "a string may contain any character",
        GRAMMAR,
        r"""STRING_CHARACTER = r'(?:[ !#-\[\]-~]|\\["\\])'""",
        r"""STRING_CHARACTER = r'(?:[^"\\]|\\["\\])'""",
        [FIELDS],
    ),
    Mutant(
        "the name of a preference is case-sensitive",
        GRAMMAR,
        "return name.lower(), ",
        "return name, ",
        [PREFERENCES],
    ),
    Mutant(
        "the last of a repeated preference counts",
        PREFER,
        "parsed.setdefault(*preference)",
        "parsed.update([preference])",
        [PREFERENCES],
    ),
    Mutant(
        "any preference for a count counts",
        PREFER,
        'get("count") == "exact"',
        'get("count") is not None',
        [PREFERENCES],
    ),
    Mutant(
        "a client that accepts both equally gets a problem",
        ACCEPT,
        "weight > default or (weight == default > 0 and media_type in weights)",
        "weight > default or weight == default > 0",
        [NEGOTIATION],
    ),
    Mutant(
        "a client that accepts neither gets a problem",
        ACCEPT,
        "weight == default > 0 and",
        "weight == default and",
        [NEGOTIATION],
    ),
    Mutant(
        "the last of a repeated range counts",
        ACCEPT,
        "max(weight, weights.get(range_, 0))",
        "weight",
        [NEGOTIATION],
    ),
    Mutant(
        "the least specific range counts",
        ACCEPT,
        'ranges = (media_type, media_type.partition("/")[0] + "/*", "*/*")',
        'ranges = ("*/*", media_type.partition("/")[0] + "/*", media_type)',
        [NEGOTIATION],
    ),
    Mutant(
        "a range without a weight has the weight 0",
        ACCEPT,
        "float(found[2] or 1)",
        "float(found[2] or 0)",
        [NEGOTIATION],
    ),
    Mutant(
        "media types are case-sensitive",
        ACCEPT,
        "split_list(header.lower())",
        "split_list(header)",
        [NEGOTIATION],
    ),
]
