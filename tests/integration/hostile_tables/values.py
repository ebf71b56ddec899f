"""Random values as SQL, of any storage class. Most texts contain a word that no log may contain."""

from hypothesis import strategies as st

CANARY = "TopSecret"
"""A part of most stored texts. It must be in no log line."""

IN_HEX = CANARY.encode().hex()

NUMBERS = ("0", "-7", "12.5", "1e300", "-9e999", "9e999", "1e19", str(2**63 - 1), str(-(2**63)))


def texts() -> st.SearchStrategy[str]:
    """Return SQL literals of texts, some of them with odd characters."""
    ends = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=5)
    return ends.map(lambda end: "'" + (CANARY + end).replace("'", "''") + "'")


def blobs() -> st.SearchStrategy[str]:
    """Return SQL literals of SQLite's BLOBs."""
    return st.binary(max_size=4).map(lambda end: f"X'{IN_HEX}{end.hex()}'")


def sqlite_values() -> st.SearchStrategy[str]:
    """Return SQL of any value of SQLite: also text that is not UTF-8."""
    return st.one_of(
        texts(),
        blobs(),
        blobs().map(lambda blob: f"CAST({blob} AS TEXT)"),
        st.sampled_from(("NULL", "''", "'12'", "'twelve'", "X''", *NUMBERS)),
    )


def postgres_texts() -> st.SearchStrategy[str]:
    """Return SQL of any text of PostgreSQL."""
    return st.one_of(texts(), st.sampled_from(("NULL", "''", "'12'")))


def postgres_numbers() -> st.SearchStrategy[str]:
    """Return SQL of numbers that fit some types of columns."""
    return st.sampled_from(("NULL", "0", "-7", "28", "32767", "2147483647", str(2**63 - 1)))
