"""Mistakes in API keys: what is accepted, for how long, and what is cached."""

from tests.mutants.mutant import Mutant

FORMAT = "domain/api_key_format.py"
AUTHENTICATION = "service_layer/api_key_authentication.py"
STORE = "adapters/sql/api_keys.py"
ROWS = "adapters/sql/api_key_rows.py"
STATEMENTS = "adapters/sql/api_key_statements.py"
POSTGRES = "adapters/postgres/database.py"
DATA_VERSION = "adapters/sqlite/served/data_version.py"
WAL_INDEX = "adapters/sqlite/served/wal_index.py"
DATABASE = "adapters/sqlite/database.py"
COMMANDS = "entrypoints/commands/api_keys.py"
LISTS = "entrypoints/commands/key_lists.py"
EXIT_CODES = "entrypoints/commands/exit_codes.py"

OF_THE_FORMAT = "tests/unit/domain/test_api_key_format.py"
CACHE = "tests/unit/service_layer/test_api_key_authentication.py"
CONTRACT = "tests/contract/test_api_keys.py"
BESIDE = "tests/integration/api_keys/test_beside_a_service.py"
PRIMARY = "tests/integration/api_keys/test_primary.py"
OF_THE_COMMANDS = "tests/integration/api_keys/test_commands.py"
DAMAGED_ROWS = "tests/integration/api_keys/test_damaged_rows.py"
OUTPUT = "tests/integration/api_keys/test_output.py"
REFUSED = "test_a_change_that_the_database_refuses_exits_with_1_and_shows_no_value"
VERSION = "tests/integration/sqlite/test_data_version.py"
INDEX = "tests/integration/sqlite/test_wal_index.py"

MUTANTS = [
    Mutant(
        "a key has 128 random bits",
        FORMAT,
        "RANDOM_BITS = 256",
        "RANDOM_BITS = 128",
        [OF_THE_FORMAT],
    ),
    Mutant(
        "what follows a key is ignored",
        FORMAT,
        "credential[: KEY_LENGTH + 1]",
        "credential[:KEY_LENGTH]",
        [OF_THE_FORMAT],
    ),
    Mutant(
        "a text of any length is digested",
        FORMAT,
        "credential[: KEY_LENGTH + 1]",
        "credential",
        [OF_THE_FORMAT],
    ),
    Mutant(
        "a revoked key remains cached",
        AUTHENTICATION,
        "            self._valid = {}\n",
        "            pass\n",
        [CACHE],
    ),
    Mutant(
        "a lookup that a revocation overtakes is cached",
        AUTHENTICATION,
        "            self._valid = {}\n",
        "            self._valid.clear()\n",
        [CACHE],
    ),
    Mutant(
        "each write empties the cache",
        AUTHENTICATION,
        "if mark != self._mark:",
        "if True:",
        [CACHE],
    ),
    Mutant(
        "an unknown version of a file is that of before",
        AUTHENTICATION,
        "if version is None or version != self._version:",
        "if version != self._version:",
        [CACHE],
    ),
    Mutant(
        "a cached key does not expire",
        AUTHENTICATION,
        "if known is not None and (known.expires_at is None or self._clock() < known.expires_at):",
        "if known is not None:",
        [CACHE],
    ),
    Mutant(
        "all scopes of a key are cached",
        AUTHENTICATION,
        "self._scopes.select_known(key.scopes)",
        "frozenset(key.scopes)",
        [CACHE],
    ),
    Mutant(
        "the cache has no bound",
        AUTHENTICATION,
        "if len(valid) >= MAX_CACHED_KEYS:",
        "if False:",
        [CACHE],
    ),
    Mutant(
        "a revoked key is found",
        STATEMENTS,
        "    _columns.revoked.is_(None),\n",
        "",
        [f"{CONTRACT}::test_a_revoked_key_is_not_found[sqlite]"],
    ),
    Mutant(
        "a key is valid in the second of its expiry",
        STATEMENTS,
        '_columns.expires > bindparam("now"',
        '_columns.expires >= bindparam("now"',
        [f"{CONTRACT}::test_a_key_expires_after_its_lifetime[sqlite]"],
    ),
    Mutant(
        "a second revocation changes the time",
        STATEMENTS,
        "func.coalesce(_columns.revoked, database_time())",
        "database_time()",
        [f"{OF_THE_COMMANDS}::test_a_key_that_is_revoked_again_keeps_its_time[sqlite]"],
    ),
    Mutant(
        "a revocation leaves the mark of the last change",
        STORE,
        "        await self._set_change_mark()\n        return to_key(rows[0])",
        "        return to_key(rows[0])",
        [f"{CONTRACT}::test_each_change_to_the_keys_has_its_own_mark[sqlite]"],
    ),
    Mutant(
        "a database that went back gets its marks again",
        STORE,
        "mark = secrets.randbits(MARK_BITS)",
        "mark = int(str(await self.read_change_mark() or 0)) + 1",
        [f"{CONTRACT}::test_a_database_that_went_back_does_not_get_a_mark_again[sqlite]"],
    ),
    Mutant(
        "a key is cached with the mark of an earlier state",
        AUTHENTICATION,
        "                self._compare_mark(await uow.api_keys.read_change_mark())\n",
        "                pass\n",
        [CACHE],
    ),
    Mutant(
        "keys are read from replicas",
        POSTGRES,
        "return self._reading(self._writers)",
        "return self._reading(self._readers)",
        [PRIMARY],
    ),
    Mutant(
        "the versions of two connections are compared",
        DATA_VERSION,
        "return self._opened + reader()",
        "return reader()",
        [f"{VERSION}::test_a_new_connection_changes_it"],
    ),
    Mutant(
        "an index of another format is read",
        WAL_INDEX,
        "return version == FORMAT and",
        "return version > 0 and",
        [f"{INDEX}::test_another_format_is_not_read"],
    ),
    Mutant(
        "the index of another database is read",
        WAL_INDEX,
        "if rest == wanted and",
        "if rest[:2] == wanted[:2] and",
        [f"{INDEX}::test_each_database_has_its_own"],
    ),
    Mutant(
        "a command takes the record of the service",
        DATABASE,
        "is_recorded=options.is_served",
        "is_recorded=True",
        [f"{BESIDE}::test_the_record_beside_the_file_remains_that_of_the_service"],
    ),
    Mutant(
        "a key with a damaged value is valid",
        STORE,
        "return None if key is None or key.damaged else key",
        "return key",
        [DAMAGED_ROWS],
    ),
    Mutant(
        "a time without a date fails the list",
        ROWS,
        "isinstance(value, int) and value in TIMES",
        "isinstance(value, int)",
        [DAMAGED_ROWS],
    ),
    Mutant(
        "a change that the database refuses is a traceback",
        EXIT_CODES,
        "    except StoreConflict as error:\n",
        "    except ZeroDivisionError as error:\n",
        [f"{OF_THE_COMMANDS}::{REFUSED}[sqlite-UPDATE-revoked IS NULL-arguments1]"],
    ),
    Mutant(
        "a key that was not printed stays valid",
        COMMANDS,
        "            _revoke_unprinted(settings, created.stored.id)\n",
        "",
        [OUTPUT],
    ),
    Mutant(
        "a revocation that cannot be printed is a failure",
        COMMANDS,
        "        except OutputFailed as error:  # the exit",
        "        except ZeroDivisionError as error:  # the exit",
        [OUTPUT],
    ),
    Mutant(
        "a name that standard output cannot encode is a traceback",
        EXIT_CODES,
        'line.encode(encoding, "backslashreplace").decode(encoding)',
        "line",
        [OUTPUT],
    ),
    Mutant(
        "an id may have signs and underscores",
        COMMANDS,
        're.compile("[0-9]{1,100}")',
        're.compile(r"[-+]?[0-9_]{1,100}")',
        [OUTPUT],
    ),
    Mutant(
        "a name can control the terminal",
        LISTS,
        "_escape(key.name)",
        "key.name",
        [f"{OF_THE_COMMANDS}::test_a_name_can_not_control_the_terminal[sqlite]"],
    ),
]
