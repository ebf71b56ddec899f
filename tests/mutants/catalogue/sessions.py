"""Mistakes in sessions, units of work and the dependency that opens them."""

from tests.mutants.mutant import Mutant

SQLITE = "adapters/sqlite/session.py"
SCANS = "adapters/sqlite/scans/pool.py"
POSTGRES = "adapters/postgres/session.py"
PLAIN = "adapters/plain/session.py"
PLAIN_CONNECTIONS = "adapters/plain/connections.py"
REPOSITORY = "adapters/sql/entities/repository.py"
MAPPING = "adapters/sql/entities/mapping.py"
USE_CASES = "service_layer/use_cases.py"
DEPENDENCY = "entrypoints/api/dependencies.py"

GROUPS = "tests/integration/sqlite/group_commit"
CONTRACT = "tests/contract/test_unit_of_work.py"
PLAIN_ERRORS = "tests/integration/plain/test_errors.py"
TRANSACTIONS = "tests/integration/postgres/test_transactions.py"
REFERENCES = "tests/integration/postgres/test_references.py"
API = "tests/unit/api/test_heroes.py"

MUTANTS = [
    Mutant(
        "SQLite: a second commit ends the first unit of work again",
        SQLITE,
        "unit, self._unit = self._unit, None\n            await self._writer.commit(unit)",
        "unit = self._unit\n            await self._writer.commit(unit)",
        [f"{GROUPS}/test_sharing.py"],
    ),
    Mutant(
        "SQLite: a unit of work that is left stays open",
        SQLITE,
        "await self._writer.rollback(unit)",
        "pass",
        [f"{CONTRACT}::test_cancellation_rolls_back"],
    ),
    Mutant(
        "SQLite: a unit of work that is left is committed",
        SQLITE,
        "await self._writer.rollback(unit)",
        "await self._writer.commit(unit)",
        [f"{CONTRACT}::test_cancellation_rolls_back"],
    ),
    Mutant(
        "SQLite: a scan blocks the event loop",
        SQLITE,
        "if query.may_scan:",
        "if False:",
        ["tests/integration/sqlite/test_scans.py"],
    ),
    Mutant(
        "SQLite: a read does not wait for a locked file",
        SQLITE,
        "deadline = asyncio.get_running_loop().time() + self._timeout",
        "deadline = 0.0",
        ["tests/integration/sqlite/damaged_files/test_locked.py"],
    ),
    Mutant(
        "SQLite: a scan goes on after its timeout",
        "adapters/sqlite/scans/execution.py",
        "            self._connection.interrupt()\n",
        "",
        ["tests/integration/sqlite/test_scans.py"],
    ),
    Mutant(
        "SQLite: a scan has no timeout",
        SCANS,
        "async with asyncio.timeout(self._timeout):",
        "async with asyncio.timeout(None):",
        ["tests/integration/sqlite/test_scans.py"],
    ),
    Mutant(
        "SQLite: a user's conflict clause rolls back the group",
        MAPPING,
        'OR_ABORT = "OR ABORT"',
        'OR_ABORT = ""',
        [f"{GROUPS}/test_users_constraints.py"],
    ),
    Mutant(
        "PostgreSQL: each statement is its own transaction",
        POSTGRES,
        "if not connection.is_in_transaction():",
        "if False:",
        [f"{CONTRACT}::test_cancellation_rolls_back[postgres]"],
    ),
    Mutant(
        "PostgreSQL: each statement begins a transaction",
        POSTGRES,
        "if not connection.is_in_transaction():",
        "if True:",
        [TRANSACTIONS],
    ),
    Mutant(
        "PostgreSQL: a COMMIT that rolls back counts as durable",
        POSTGRES,
        'if command_tag != "COMMIT":',
        "if False:",
        [TRANSACTIONS],
    ),
    Mutant(
        "PostgreSQL: a lost connection during COMMIT means rolled back",
        POSTGRES,
        "raise OutcomeUnknown(str(error)) from error",
        "raise",
        [TRANSACTIONS],
    ),
    Mutant(
        "PostgreSQL: a connection goes back to the pool in a transaction",
        POSTGRES,
        'await connection.execute("ROLLBACK")',
        "pass",
        [f"{CONTRACT}::test_cancellation_rolls_back"],
    ),
    Mutant(
        "PostgreSQL: a connection that cannot roll back leaves the pool",
        POSTGRES,
        "        finally:\n            self._pool.release(connection)\n",
        "        except ValueError:\n            pass\n        else:\n"
        "            self._pool.release(connection)\n",
        [TRANSACTIONS],
    ),
    Mutant(
        "PostgreSQL: a connection is used again after an error",
        POSTGRES,
        "    except BaseException:\n        connection.terminate()\n        raise",
        "    except BaseException:\n        raise",
        [TRANSACTIONS],
    ),
    Mutant(
        "PostgreSQL: a read does not release its connection after an error",
        POSTGRES,
        "        finally:\n            self._pool.release(connection)\n\n\nasync def",
        "        except ValueError:\n            pass\n\n\nasync def",
        [TRANSACTIONS],
    ),
    Mutant(
        "PostgreSQL: scans use the connections of other requests",
        POSTGRES,
        "        if query.may_scan:",
        "        if False:",
        ["tests/integration/postgres/test_scans.py"],
    ),
    Mutant(
        "PostgreSQL: rows that are read are not locked",
        MAPPING,
        "self.get_to_change = self.get.with_for_update(key_share=True)",
        "self.get_to_change = self.get",
        [
            f"{CONTRACT}::test_rows_it_has_read_are_locked_until_it_ends",
            "tests/contract/test_preconditions.py",
        ],
    ),
    Mutant(
        "PostgreSQL: no row may refer to one that is read for a change",
        MAPPING,
        "with_for_update(key_share=True)",
        "with_for_update()",
        [REFERENCES],
    ),
    Mutant(
        "PostgreSQL: a row may refer to one that is read for its removal",
        MAPPING,
        "with_for_update()",
        "with_for_update(key_share=True)",
        [REFERENCES],
    ),
    Mutant(
        "PostgreSQL: a hero to delete is locked as if it were to change",
        USE_CASES,
        "repository.get_to_remove(entity_id)",
        "repository.get(entity_id)",
        [REFERENCES],
    ),
    Mutant(
        "a unit of work that reads locks a row",
        REPOSITORY,
        "        self._check_may_write()\n        return await self._get_locked(",
        "        return await self._get_locked(",
        ["tests/integration/test_units_of_work.py"],
    ),
    Mutant(
        "PostgreSQL: a cancelled statement goes on",
        POSTGRES,
        "        await _cancel_and_close(connection)\n",
        "        connection.terminate()\n",
        ["tests/integration/postgres/test_cancellation.py"],
    ),
    Mutant(
        "PostgreSQL: a cancelled statement leaves its connection open",
        POSTGRES,
        "        await _cancel_and_close(connection)\n",
        "",
        ["tests/integration/postgres/test_cancellation.py"],
    ),
    Mutant(
        "plain: the session of a cancelled call is closed while the call goes on",
        PLAIN,
        "if self._cancelled is not None and not self._cancelled.done():",
        "if False:",
        ["tests/integration/plain/test_cancellation.py", PLAIN_ERRORS],
    ),
    Mutant(
        "plain: the session of a cancelled call is never closed",
        PLAIN,
        "            self._cancelled_calls.start(self._close_after(self._cancelled))\n",
        "",
        ["tests/integration/plain/test_cancellation.py"],
    ),
    Mutant(
        "plain: closing the database does not wait for cancelled calls",
        "adapters/plain/cancelled_calls.py",
        "        while self._tasks:\n            await asyncio.wait(self._tasks)",
        "        pass",
        ["tests/integration/plain/test_cancellation.py"],
    ),
    Mutant(
        "plain: a cancelled call is waited for without a timeout",
        "adapters/plain/cancelled_calls.py",
        "timeout=STOP_TIMEOUT",
        "timeout=None",
        ["tests/integration/plain/test_cancellation.py"],
    ),
    Mutant(
        "plain: a cancellation during a statement is lost",
        PLAIN,
        "            await self._cancelled_calls.stop(task)\n            raise",
        "            await self._cancelled_calls.stop(task)",
        [PLAIN_ERRORS],
    ),
    Mutant(
        "plain: a lost connection during COMMIT means rolled back",
        PLAIN,
        "raise OutcomeUnknown(str(error)) from error",
        "raise",
        [PLAIN_ERRORS],
    ),
    Mutant(
        "plain: a failed COMMIT leaves its transaction open",
        PLAIN_CONNECTIONS,
        "            connection.rollback()",
        "            pass",
        [PLAIN_ERRORS],
    ),
    Mutant(
        "plain: a transaction does not acquire the file's write lock at once",
        PLAIN_CONNECTIONS,
        'connection.exec_driver_sql("BEGIN IMMEDIATE")',
        'connection.exec_driver_sql("BEGIN")',
        [f"{CONTRACT}::test_rows_it_has_read_are_locked_until_it_ends"],
    ),
    Mutant(
        "an id that fits no column reaches the driver",
        REPOSITORY,
        "if entity_id in IDS:",
        "if True:",
        ["tests/contract/test_hero_repository.py::test_an_unknown_id_raises_hero_not_found"],
    ),
    Mutant(
        "each dependency of a request has a unit of work of its own",
        DEPENDENCY,
        "if UNIT_OF_WORK in scope:",
        "if False:",
        ["tests/unit/test_inclusion.py"],
    ),
    Mutant(
        "the unit of work is closed after the response is sent",
        DEPENDENCY,
        'Writing = Annotated[UnitOfWork, Depends(get_uow, scope="function")]',
        'Writing = Annotated[UnitOfWork, Depends(get_uow, scope="request")]',
        [API],
    ),
    Mutant(
        "GET acquires the write lock",
        DEPENDENCY,
        'READ_METHODS = ("GET", "HEAD")',
        'READ_METHODS = ("HEAD",)',
        [API],
    ),
    Mutant(
        "an update is not committed",
        USE_CASES,
        "        await repository.update(updated)\n    await uow.commit()\n",
        "        await repository.update(updated)\n",
        ["tests/unit/service_layer/test_heroes.py"],
    ),
    Mutant(
        "a deletion is not committed",
        USE_CASES,
        "    await repository.remove(entity_id)\n    await uow.commit()\n",
        "    await repository.remove(entity_id)\n",
        ["tests/unit/service_layer/test_heroes.py"],
    ),
]
