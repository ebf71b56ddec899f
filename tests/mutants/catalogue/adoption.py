"""Mistakes with data and schemas of others: histories, sequences, triggers, mistyped values."""

from tests.mutants.mutant import Mutant

RUNNER = "adapters/migrations/runner.py"
VERSIONS = "adapters/migrations/version_table.py"
REPOSITORY = "adapters/sql/entities/repository.py"
ROWS = "adapters/sql/entities/rows.py"

INTEGRATION = "tests/integration"
HISTORIES = f"{INTEGRATION}/sqlite/adoption/test_version_table.py"
NEWER = f"{INTEGRATION}/test_newer_schema.py"
TRIGGERS = f"{INTEGRATION}/rules/test_triggers.py"
SERVING = f"{INTEGRATION}/sqlite/mistyped/test_serving.py"
MAPPING = "tests/unit/sql/test_rows.py"

MUTANTS = [
    Mutant(
        "the history of the user's app is continued",
        VERSIONS,
        'VERSION_TABLE = "heroes_schema_version"',
        'VERSION_TABLE = "alembic_version"',
        [HISTORIES],
    ),
    Mutant(
        "the version table is believed, whatever the tables have",
        RUNNER,
        "    if not found:\n        _check_tables(connection)\n",
        "",
        [HISTORIES],
    ),
    Mutant(
        "every newer schema is served",
        RUNNER,
        "        if not is_supported_by_this_release(connection):",
        "        if False:",
        [NEWER],
    ),
    Mutant(
        "a column that needs a value is not noticed",
        RUNNER,
        "    check_required_values(connection)\n",
        "",
        [f"{INTEGRATION}/test_required_values.py"],
    ),
    Mutant(
        "the sequence stays behind the ids",
        "adapters/postgres/schema.py",
        "        advance_sequences(connection)\n",
        "",
        [f"{INTEGRATION}/postgres/test_sequences.py"],
    ),
    Mutant(
        "a sequence goes back to the highest id",
        "adapters/postgres/sequences.py",
        "    return int(highest) if connection.scalar(IS_BEHIND, values) else None",
        "    return int(highest)",
        [f"{INTEGRATION}/postgres/test_sequences.py"],
    ),
    Mutant(
        "a skipped row seems to be missing",
        REPOSITORY,
        "            raise StoreRefused(SKIPPED) from None",
        "            raise",
        [TRIGGERS],
    ),
    Mutant(
        "an unknown error of a trigger of SQLite is a bug",
        "adapters/sqlite/session.py",
        "with translate_write_errors if statement.is_dml else translate_errors:",
        "with translate_errors:",
        [TRIGGERS],
    ),
    Mutant(
        "a trigger that says the database is busy gets 409",
        "adapters/postgres/errors.py",
        "_NEVER_OF_RULES = (_CONSTRAINTS, *SERVER_STATES)",
        "_NEVER_OF_RULES = (_CONSTRAINTS,)",
        [TRIGGERS],
    ),
    Mutant(
        "an age that is no integer is shown",
        ROWS,
        "    return value if type(value) is int else default",
        "    return value",
        [MAPPING],
    ),
    Mutant(
        "a PATCH replaces the mistyped values that it does not name",
        REPOSITORY,
        "if value != before[name]}",
        "}",
        [SERVING],
    ),
    Mutant(
        "filters compare stored ages and not those that are shown",
        "adapters/sql/queries/shown_values.py",
        "    return f\"CASE WHEN typeof({value}) = 'integer' THEN {value} END\"",
        '    return f"{value}"',
        [SERVING],
    ),
    Mutant(
        "a worker serves on without its parent",
        "entrypoints/server/lifecycle/process_config.py",
        "            stop_with_parent()\n",
        "            pass\n",
        [f"{INTEGRATION}/server/test_workers.py"],
    ),
    Mutant(
        "dropped log lines are not counted",
        "entrypoints/telemetry/logs/writer.py",
        "            self.dropped += 1",
        "            pass",
        ["tests/unit/telemetry/logs/test_handler.py"],
    ),
]
