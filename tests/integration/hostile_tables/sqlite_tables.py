"""Random tables of SQLite: columns, constraints, indexes, triggers, views, versions and rows."""

from collections.abc import Sequence

from hypothesis import strategies as st

from tests.integration.hostile_tables.values import sqlite_values

# Values that are repeated are drawn more often.
TABLES = (*("hero",) * 3, '"hero"', "[hero]", "Hero", "'hero'")
IDS = (
    *("id INTEGER NOT NULL, PRIMARY KEY (id)",) * 9,
    *("id INTEGER PRIMARY KEY", "ID INTEGER PRIMARY KEY AUTOINCREMENT", '"id" INTEGER PRIMARY KEY'),
    *("id INTEGER PRIMARY KEY ON CONFLICT REPLACE", "id INTEGER PRIMARY KEY DESC"),
    *("id INT PRIMARY KEY", "id VARCHAR PRIMARY KEY", "id INTEGER", "id INTEGER UNIQUE"),
    *("id INTEGER, PRIMARY KEY (id, name)", "id INTEGER CHECK (id > 0) PRIMARY KEY /* a note */"),
)
TYPES = ("VARCHAR", "VARCHAR", "TEXT", "VARCHAR(9)", "", "BLOB", "INTEGER", "NUMERIC", "REAL")
INTEGERS = (*("INTEGER",) * 9, "BIGINT", "INT", "VARCHAR", "REAL", "")
CONSTRAINTS = (
    *("", "", "NOT NULL", "NOT NULL", "COLLATE NOCASE", "COLLATE RTRIM NOT NULL", "DEFAULT 'x'"),
    *("UNIQUE", "NOT NULL UNIQUE ON CONFLICT ROLLBACK", "UNIQUE ON CONFLICT IGNORE"),
    *("CHECK (length({}) < 20)", "CHECK (typeof({}) <> 'blob') NOT NULL ON CONFLICT FAIL"),
)
FURTHER_COLUMNS = (
    *("guild_id INTEGER REFERENCES guild (id)", "guild_id INTEGER DEFAULT 7 REFERENCES guild (id)"),
    *("hashed_password VARCHAR NOT NULL", "hashed_password VARCHAR NOT NULL DEFAULT ''"),
    *('"we""ird, (name" TEXT', "[order] TEXT", "ünï TEXT", "version INTEGER", "rowid TEXT"),
    *("made TEXT DEFAULT (datetime('now')) NOT NULL", "hidden AS (name || 'x')"),
    *(
        "kept TEXT GENERATED ALWAYS AS (upper(name)) STORED UNIQUE",
        "leader INTEGER REFERENCES hero",
    ),
)
OPTIONS = (*("",) * 9, "WITHOUT ROWID", "STRICT")
FURTHER_OBJECTS = (
    "CREATE INDEX ix_hero_name ON hero (name)",
    "CREATE INDEX ix_hero_age ON hero (age)",
    "CREATE INDEX ix_hero_name_id ON hero (age)",
    "CREATE UNIQUE INDEX one_of_a_name ON hero (lower(name)) WHERE age > 7",
    "CREATE INDEX by_length ON hero (length(secret_name), abs(age))",
    "CREATE INDEX by_name ON hero (name COLLATE NOCASE DESC)",
    "CREATE VIEW adults AS SELECT * FROM hero WHERE age > 17",
    "CREATE VIEW idempotent_answer AS SELECT 1 AS key",
    "CREATE TABLE idempotent_answer (key TEXT)",
    "CREATE TABLE heroes_schema_version (version_num TEXT)",
    "CREATE TABLE _rebuilt_hero (id INTEGER)",
    "CREATE TABLE guild (id INTEGER PRIMARY KEY)",
    "CREATE TABLE league (best INTEGER REFERENCES hero (id) ON DELETE CASCADE)",
    "CREATE TABLE audit (id INTEGER PRIMARY KEY, what TEXT)",
    "CREATE TABLE alembic_version (version_num TEXT);INSERT INTO alembic_version VALUES ('0004')",
    "CREATE TABLE alembic_version (version_num TEXT);INSERT INTO alembic_version VALUES ('ae10')",
    *("PRAGMA user_version = 7", "PRAGMA application_id = 7", "PRAGMA journal_mode = WAL"),
    *("PRAGMA encoding = 'UTF-16'", "PRAGMA auto_vacuum = FULL", "PRAGMA page_size = 512"),
)
EVENTS = ("BEFORE INSERT", "AFTER INSERT", "BEFORE UPDATE", "AFTER UPDATE OF age", "BEFORE DELETE")
ACTIONS = (
    *("SELECT RAISE(ABORT, 'no robots')", "SELECT RAISE(IGNORE)", "SELECT RAISE(FAIL, 'it''s no')"),
    *("INSERT INTO audit (what) VALUES ('x')", "INSERT INTO nowhere VALUES (1)"),
    *("SELECT RAISE(ROLLBACK, 'all')", "UPDATE hero SET age = 1 WHERE name = 'x'"),
    *("DELETE FROM hero WHERE id < 0", "SELECT abs(-9223372036854775808)", "SELECT nothing('x')"),
)


@st.composite
def columns(draw: st.DrawFn) -> str:
    """Draw the columns of ``hero``, with the id first or last."""
    defined = [
        f"{name} {draw(st.sampled_from(types))} {draw(st.sampled_from(CONSTRAINTS)).format(name)}"
        for name, types in (("name", TYPES), ("secret_name", TYPES), ("age", INTEGERS))
    ]
    key = draw(st.sampled_from(IDS))
    further = draw(st.lists(st.sampled_from(FURTHER_COLUMNS), max_size=2, unique=True))
    if draw(st.booleans()) and "(id" not in key:
        return ", ".join((key, *defined, *further))
    return ", ".join((*defined, *further, key))


@st.composite
def triggers(draw: st.DrawFn) -> Sequence[str]:
    """Draw a trigger now and then. Its name needs quotes."""
    if draw(st.integers(0, 2)):
        return []
    event, action = draw(st.sampled_from(EVENTS)), draw(st.sampled_from(ACTIONS))
    return [f'CREATE TRIGGER "my ""trigger" {event} ON hero BEGIN {action}; END']


@st.composite
def inserts(draw: st.DrawFn) -> Sequence[str]:
    """Draw rows. Each may be refused by the table."""
    count = draw(st.integers(0, 5))
    ids = draw(st.permutations(["1", "2", "-3", "7", str(2**62)]))
    return [
        "INSERT INTO hero (id, name, secret_name, age) VALUES "  # noqa: S608 - literals from above
        f"({ids[i]}, {', '.join(draw(sqlite_values()) for _ in range(3))})"
        for i in range(count)
    ]


@st.composite
def sqlite_tables(draw: st.DrawFn) -> Sequence[str]:
    """Draw statements that make the database. Those that fail are skipped."""
    more = draw(st.lists(st.sampled_from(FURTHER_OBJECTS), max_size=4, unique=True))
    pragmas = [each for each in more if each.startswith("PRAGMA")]
    table, options = draw(st.sampled_from(TABLES)), draw(st.sampled_from(OPTIONS))
    return [
        *pragmas,
        f"CREATE TABLE {table} ({draw(columns())}) {options}",
        *(part for each in more if each not in pragmas for part in each.split(";")),
        *draw(inserts()),
        *draw(triggers()),
    ]
