"""Mistakes in scans: whose turn it is, how long they run, and the size of the log beside them."""

from tests.mutants.mutant import Mutant

SLOTS = "adapters/client_slots.py"
POOL = "adapters/sqlite/scans/pool.py"
SESSION = "adapters/sqlite/session.py"
LOG = "adapters/sqlite/scans/log_limit.py"
THREADS = "adapters/sqlite/scans/threads.py"

TURNS = "tests/unit/test_client_slots.py"
SCANS = "tests/integration/sqlite/test_scans.py"

MUTANTS = [
    Mutant(
        "a client that was served stays first",
        SLOTS,
        "self._waiting.move_to_end(client, last=not is_cancelled)",
        "self._waiting.move_to_end(client, last=False)",
        [TURNS],
    ),
    Mutant(
        "a client that holds more slots is served first",
        SLOTS,
        "min(eligible, key=self._held.__getitem__)",
        "max(eligible, key=self._held.__getitem__)",
        [TURNS],
    ),
    Mutant(
        "a client may hold every slot",
        SLOTS,
        "if self._held[each] < self._each]",
        "if True]",
        [TURNS],
    ),
    Mutant(
        "a slot is given to a waiter that was cancelled",
        SLOTS,
        "is_cancelled = granted.cancelled()",
        "is_cancelled = False",
        [TURNS],
    ),
    Mutant(
        "a waiter that is cancelled with a slot keeps it",
        SLOTS,
        "            else:\n                self.release(client)\n",
        "",
        [TURNS],
    ),
    Mutant(
        "a cancelled waiter stays in the queue",
        SLOTS,
        "            waiters.pop(waiter, None)\n",
        "",
        [TURNS],
        survives="_grant passes over cancelled waiters: leaving the queue only frees memory",
    ),
    Mutant(
        "a short scan runs to its end",
        POOL,
        "if slots is self._short and not await execution.has_ended(SLICE):",
        "if False:",
        [SCANS],
    ),
    Mutant(
        "a long scan runs until its end",
        POOL,
        "                    if self._running.has_waiters:\n                        break\n",
        "",
        [SCANS],
    ),
    Mutant(
        "all scans are those of one client",
        POOL,
        "scan = _Scan(client, text, arguments, self._short)",
        'scan = _Scan("", text, arguments, self._short)',
        [SCANS],
    ),
    Mutant(
        "the connections for scans are opened when they are needed",
        THREADS,
        "            open_files(self._threads, each.get())",
        "            pass",
        [SCANS],
    ),
    Mutant(
        "pages of a large file are read on the event loop",
        SESSION,
        "return os.stat(self._name).st_size > CACHE_SIZE",
        "return False",
        [SCANS],
    ),
    Mutant(
        "pages of a small file are read in a thread",
        SESSION,
        "return os.stat(self._name).st_size > CACHE_SIZE",
        "return True",
        [SCANS],
    ),
    Mutant(
        "scans do not wait for the log to be emptied",
        LOG,
        "return self.size() > MAX_SIZE and self._may_attempt()",
        "return False",
        [SCANS],
    ),
]
