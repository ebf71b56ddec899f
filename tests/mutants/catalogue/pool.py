"""Mistakes in the pool of PostgreSQL connections, and in how connections are opened."""

from tests.mutants.mutant import Mutant

POOL = "adapters/postgres/pool.py"
CONNECTIONS = "adapters/postgres/connections.py"
BEGIN = "adapters/postgres/pipelined_begin.py"

TESTS = "tests/faults/test_pool.py"

MUTANTS = [
    Mutant(
        "a connection that the server has closed is acquired",
        POOL,
        "while connection is not None and connection.is_closed():",
        "while False:",
        [TESTS],
    ),
    Mutant(
        "a closed connection loses its slot",
        POOL,
        "            self._idle.appendleft(None)\n            connection = self._idle.pop()",
        "            connection = self._idle.pop()",
        [TESTS],
    ),
    Mutant(
        "a failed connection attempt loses its slot",
        POOL,
        "        except BaseException:\n            self._assign(None)\n            raise",
        "        except BaseException:\n            raise",
        [TESTS],
    ),
    Mutant(
        "a cancelled connection attempt loses its slot",
        POOL,
        "        except BaseException:\n            self._assign(None)",
        "        except Exception:\n            self._assign(None)",
        [TESTS],
    ),
    Mutant(
        "a closed connection that is released becomes idle",
        POOL,
        "self._assign(None if connection.is_closed() else connection)",
        "self._assign(connection)",
        [TESTS],
        survives="acquire skips closed connections too, as the server may close idle ones",
    ),
    Mutant(
        "a waiter that is cancelled with a connection loses it",
        POOL,
        "self._assign(self._assigned.pop(waiter))",
        "self._assigned.pop(waiter)",
        [TESTS],
    ),
    Mutant(
        "a waiter that is cancelled stays in the queue",
        POOL,
        "            else:\n                self._queue.leave(waiter)\n            raise",
        "            raise",
        [TESTS],
    ),
    Mutant(
        "a waiter that times out stays in the queue",
        POOL,
        "            self._queue.leave(waiter)\n            raise StoreUnavailable",
        "            raise StoreUnavailable",
        [TESTS],
    ),
    Mutant(
        "the wait for a connection has no timeout",
        "adapters/wait_queue.py",
        "            waiter.is_late = True\n            waiter.woken.set()",
        "            pass",
        [TESTS],
    ),
    Mutant(
        "the last waiter is served first",
        POOL,
        "first = self._queue.first()",
        "first = list(self._queue)[-1]",
        [TESTS],
    ),
    Mutant(
        "a waiter is not woken",
        POOL,
        "            first.woken.set()\n",
        "",
        [TESTS],
    ),
    Mutant(
        "a released connection is idle though a task waits",
        POOL,
        "        if self._queue:\n            first",
        "        if self._queue and connection is None:\n            first",
        [TESTS],
    ),
    Mutant(
        "the connection that was idle longest is used",
        POOL,
        "connection = self._idle.pop() if self._idle",
        "connection = self._idle.popleft() if self._idle",
        [TESTS],
    ),
    Mutant(
        "the pool has one connection too many",
        POOL,
        "deque([None] * size)",
        "deque([None] * (size + 1))",
        [TESTS],
    ),
    Mutant(
        "closing the pool does not wait for connections in use",
        POOL,
        "                await self._wait_until_idle()\n",
        "                pass\n",
        [TESTS],
    ),
    Mutant(
        "closing the pool waits for ever",
        POOL,
        "async with asyncio.timeout(CLOSE_TIMEOUT):",
        "async with asyncio.timeout(None):",
        [TESTS],
    ),
    Mutant(
        "closing the pool leaves the idle connections open",
        POOL,
        "                connection.terminate()\n",
        "                pass\n",
        [TESTS],
    ),
    Mutant(
        "BEGIN is pipelined with a driver that drops it",
        BEGIN,
        "if await _can_pipeline(connection):",
        "if await _can_pipeline(connection) or True:",
        ["tests/faults/test_pipelined_begin.py"],
    ),
    Mutant(
        "the test of pipelining leaves its transaction open",
        BEGIN,
        '        await connection.execute("ROLLBACK")\n',
        "",
        ["tests/faults/test_pipelined_begin.py"],
    ),
    Mutant(
        "one closed connection turns pipelining off",
        BEGIN,
        "ATTEMPTS = 2",
        "ATTEMPTS = 1",
        ["tests/faults/test_pipelined_begin.py"],
    ),
    Mutant(
        "the second of three hosts is not tried",
        CONNECTIONS,
        "for host_dsn in others:",
        "for host_dsn in others[:1]:",
        ["tests/integration/postgres/test_hosts.py"],
    ),
    Mutant(
        "a statement on a silent connection has no timeout",
        CONNECTIONS,
        ' | {"command_timeout": command_timeout}',
        "",
        ["tests/faults/test_unresponsive_server.py"],
    ),
    Mutant(
        "the wait for a row lock has no timeout",
        CONNECTIONS,
        '        "lock_timeout": _milliseconds(options.lock_timeout),\n',
        "",
        ["tests/integration/postgres/test_keys.py"],
    ),
    Mutant(
        "an idle transaction has no timeout",
        CONNECTIONS,
        '        "idle_in_transaction_session_timeout": _milliseconds(options.idle_timeout),\n',
        "",
        ["tests/faults/test_timeouts.py::test_an_idle_transaction_is_terminated_and_rolled_back"],
    ),
]
