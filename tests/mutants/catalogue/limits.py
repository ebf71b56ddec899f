"""Mistakes in admission and in the limits of a process, and in which client counts."""

from tests.mutants.mutant import Mutant

ADMISSION = "entrypoints/server/limits/admission.py"
CONNECTIONS = "entrypoints/server/limits/connections.py"
UNSENT = "entrypoints/server/limits/unsent.py"
CLIENTS = "entrypoints/server/clients.py"
ADDRESSES = "entrypoints/addresses.py"
HOSTS = "entrypoints/server/allowed_hosts.py"

TESTS = "tests/unit/server/limits"
ORDER = f"{TESTS}/test_admission.py"

MUTANTS = [
    Mutant(
        "the last request is started first",
        ADMISSION,
        "admitted = [self._queue.popleft()",
        "admitted = [self._queue.pop()",
        [ORDER],
    ),
    Mutant(
        "a new request overtakes those that wait",
        ADMISSION,
        "if not self._queue and len(in_progress) < self._limit:",
        "if len(in_progress) < self._limit:",
        [ORDER],
    ),
    Mutant(
        "one request too many is in progress",
        ADMISSION,
        "if not self._queue and len(in_progress) < self._limit:",
        "if not self._queue and len(in_progress) <= self._limit:",
        [ORDER],
    ),
    Mutant(
        "requests that wait for locks block the queue",
        ADMISSION,
        "max(1, self._limit - len(in_progress))",
        "max(0, self._limit - len(in_progress))",
        [ORDER],
    ),
    Mutant(
        "one request is started in each tick",
        ADMISSION,
        "max(1, self._limit - len(in_progress))",
        "1",
        [ORDER],
    ),
    Mutant(
        "the queue is admitted once only",
        ADMISSION,
        "            loop.call_soon(self._admit, in_progress)\n        for",
        "            pass\n        for",
        [ORDER],
    ),
    Mutant(
        "one request too many waits",
        ADMISSION,
        ">= self._max_pending:",
        "> self._max_pending:",
        [ORDER],
    ),
    Mutant(
        "requests in progress beyond the limit do not count as waiting",
        ADMISSION,
        "len(self._queue) + max(0, len(in_progress) - self._limit)",
        "len(self._queue)",
        [ORDER],
    ),
    Mutant(
        "requests that have waited long are started during an overload",
        ADMISSION,
        "        if is_overloaded:\n            self._refuse_late(now)\n",
        "",
        [ORDER],
    ),
    Mutant(
        "requests that have waited long are refused without an overload",
        ADMISSION,
        "        if is_overloaded:\n            self._refuse_late(now)\n",
        "        self._refuse_late(now)\n",
        [ORDER],
    ),
    Mutant(
        "an overload never ends",
        ADMISSION,
        "is_overloaded = now < self._overload_ends",
        "is_overloaded = self._overload_ends > 0",
        [ORDER],
    ),
    Mutant(
        "requests are started without a bound during an overload",
        ADMISSION,
        "is_full = is_overloaded and len(in_progress) >= 2 * self._limit",
        "is_full = False",
        [ORDER],
    ),
    Mutant(
        "one connection too many is accepted",
        CONNECTIONS,
        "if self._open >= self._total:",
        "if self._open > self._total:",
        [f"{TESTS}/test_connections.py"],
    ),
    Mutant(
        "one connection too many of a client is accepted",
        CONNECTIONS,
        "if self._open_of[key] >= self._each:",
        "if self._open_of[key] > self._each:",
        [f"{TESTS}/test_connections.py"],
    ),
    Mutant(
        "a released connection of a client counts",
        CONNECTIONS,
        "            self._open_of[key] -= 1\n",
        "",
        [f"{TESTS}/test_connections.py"],
    ),
    Mutant(
        "clients without connections are remembered",
        CONNECTIONS,
        "            if not self._open_of[key]:\n                del self._open_of[key]\n",
        "",
        [f"{TESTS}/test_connections.py"],
    ),
    Mutant(
        "each address of an IPv6 network is a client",
        ADDRESSES,
        "        return str(ip_network((parsed, IPV6_PREFIX), strict=False))",
        "        return str(parsed)",
        [f"{TESTS}/test_connections.py"],
    ),
    Mutant(
        "the client that has waited shortest is aborted",
        UNSENT,
        "longest_waiting = next(iter(self._waiting))",
        "longest_waiting = next(reversed(self._waiting))",
        [f"{TESTS}/test_unsent.py"],
    ),
    Mutant(
        "a connection counts twice",
        UNSENT,
        "        self.remove(connection)\n        self._waiting[connection]",
        "        self._waiting[connection]",
        [f"{TESTS}/test_unsent.py"],
    ),
    Mutant(
        "one client is aborted for all that do not read",
        UNSENT,
        "while self._total > self._max_bytes:",
        "if self._total > self._max_bytes:",
        [f"{TESTS}/test_unsent.py"],
    ),
    Mutant(
        "the leftmost address is the client",
        CLIENTS,
        "            if not self._trusts(address):\n                return client\n",
        "",
        ["tests/unit/server/test_clients.py"],
    ),
    Mutant(
        "headers that name different clients name the first one",
        CLIENTS,
        "return found.pop() if len(found) == 1 else proxy",
        "return found.pop() if found else proxy",
        ["tests/unit/server/test_clients.py"],
    ),
    Mutant(
        "the first kilobyte of a list is parsed",
        CLIENTS,
        'text = text[-MAX_SIZE:].partition(",")[2]',
        'text = text[:MAX_SIZE].rpartition(",")[0]',
        ["tests/unit/server/test_clients.py"],
    ),
    Mutant(
        "a name that ends with an allowed one is allowed",
        HOSTS,
        'tuple(host[1:] for host in self._hosts if host.startswith("*."))',
        'tuple(host.lstrip("*.") for host in self._hosts)',
        ["tests/unit/server/test_allowed_hosts.py"],
    ),
    Mutant(
        "on loopback every host is allowed",
        HOSTS,
        "return LOOPBACK_HOSTS if is_loopback(listening_address) else (EVERY,)",
        "return (EVERY,)",
        ["tests/unit/server/test_allowed_hosts.py"],
    ),
]
