"""Mistakes in the parsing of requests: sizes, request lines, hosts, codings, upgrades."""

from tests.mutants.mutant import Mutant

READER = "entrypoints/server/parsing/request_reader.py"
LINE = "entrypoints/server/parsing/request_line.py"
HOSTS = "entrypoints/server/parsing/hosts.py"
TARGETS = "entrypoints/server/parsing/targets.py"
CODINGS = "entrypoints/server/parsing/transfer_codings.py"
UPGRADES = "entrypoints/server/parsing/upgrades.py"

TESTS = "tests/unit/server/parsing"
READING = f"{TESTS}/test_request_reader.py"

MUTANTS = [
    Mutant(
        "a head has no bound",
        READER,
        "if self._head_size > MAX_HEAD:",
        "if False:",
        [READING],
    ),
    Mutant(
        "a head of exactly 64 KiB is refused",
        READER,
        "if self._head_size > MAX_HEAD:",
        "if self._head_size >= MAX_HEAD:",
        [READING],
    ),
    Mutant(
        "the bound holds for each piece of a head",
        READER,
        "self._head_size += len(head)",
        "self._head_size = len(head)",
        [READING],
    ),
    Mutant(
        "the bound holds for all heads of a connection",
        READER,
        "        self._head_size = 0\n",
        "        self._head_size = getattr(self, '_head_size', 0)\n",
        [READING],
    ),
    Mutant(
        "a request may have 101 fields",
        READER,
        "if self._fields > MAX_FIELDS:",
        "if self._fields > MAX_FIELDS + 1:",
        [READING],
    ),
    Mutant(
        "trailers count as fields of the head",
        READER,
        "        self._is_head_complete = True\n        self._fields = 0\n",
        "        self._is_head_complete = True\n",
        [READING],
    ),
    Mutant(
        "chunk sizes and trailers have no bound",
        READER,
        "if self._overhead > MAX_OVERHEAD:",
        "if False:",
        [READING],
    ),
    Mutant(
        "the content of chunks counts as their overhead",
        READER,
        "            self._overhead -= len(body)\n",
        "            pass\n",
        [READING],
    ),
    Mutant(
        "a body is read with the request after it",
        READER,
        "self._feed(self._take(self._body_left))",
        "self._feed(self._take(len(self._unread)))",
        [READING],
    ),
    Mutant(
        "an end of a head that is cut in two is not found",
        READER,
        "found = (self._tail + self._unread).find(END_OF_HEAD)",
        "found = self._unread.find(END_OF_HEAD)",
        [READING],
    ),
    Mutant(
        "a request that begins within a part is accepted",
        READER,
        "        if not self._line:\n            raise bad_request(",
        "        if False:\n            raise bad_request(",
        [READING],
        survives="each part ends where a request ends, so that none begins within one",
    ),
    Mutant(
        "blanks after a value belong to it",
        READER,
        'self._protocol.on_header(name, value.rstrip(b" \\t"))',
        "self._protocol.on_header(name, value)",
        [READING],
    ),
    Mutant(
        "CONNECT opens a tunnel",
        READER,
        'if parser.get_method() == b"CONNECT":',
        "if False:",
        [f"{TESTS}/test_request_line.py", "tests/e2e/edge/test_conformance.py"],
    ),
    Mutant(
        "a length with many zeros is too long for int",
        READER,
        'int(value.lstrip(b"0") or 0)',
        "int(value)",
        [READING],
    ),
    Mutant(
        "an upgrade offer is accepted",
        UPGRADES,
        'if name != b"upgrade":',
        "if True:",
        [READING],
    ),
    Mutant(
        "a target has no bound",
        LINE,
        "if len(find_target(line)) > MAX_TARGET:",
        "if False:",
        [f"{TESTS}/test_request_line.py"],
    ),
    Mutant(
        "a target of exactly 16 KiB is refused",
        LINE,
        "if len(find_target(line)) > MAX_TARGET:",
        "if len(find_target(line)) >= MAX_TARGET:",
        [f"{TESTS}/test_request_line.py"],
    ),
    Mutant(
        "HTTP/1.2 is served",
        LINE,
        'SUPPORTED_VERSIONS = (b"1.0", b"1.1")',
        'SUPPORTED_VERSIONS = (b"1.0", b"1.1", b"1.2")',
        [f"{TESTS}/test_request_line.py"],
    ),
    Mutant(
        "an unfinished line may be anything",
        LINE,
        'if _REQUEST_LINE.fullmatch(line + completion + b"\\n") is None:',
        "if False:",
        [f"{TESTS}/test_request_line.py"],
    ),
    Mutant(
        "the first of two hosts counts",
        HOSTS,
        "if len(fields) > 1 or (is_required and not fields):",
        "if is_required and not fields:",
        [f"{TESTS}/test_hosts.py"],
    ),
    Mutant(
        "HTTP/1.1 needs no host",
        HOSTS,
        "if len(fields) > 1 or (is_required and not fields):",
        "if len(fields) > 1:",
        [f"{TESTS}/test_hosts.py"],
    ),
    Mutant(
        "HTTP/1.0 needs a host",
        HOSTS,
        "if len(fields) > 1 or (is_required and not fields):",
        "if len(fields) != 1:",
        [f"{TESTS}/test_hosts.py"],
    ),
    Mutant(
        "a host has no bound",
        HOSTS,
        "if len(field) > MAX_HOST:",
        "if False:",
        [f"{TESTS}/test_hosts.py"],
    ),
    Mutant(
        "a host is compared with its case",
        HOSTS,
        "return str(name).lower() if address is None",
        "return str(name) if address is None",
        [f"{TESTS}/test_hosts.py"],
    ),
    Mutant(
        "a port beyond 65535 is accepted",
        HOSTS,
        "found is None or int(found[3] or 0) > MAX_PORT",
        "found is None",
        [f"{TESTS}/test_hosts.py"],
    ),
    Mutant(
        "the host field counts beside an absolute target",
        READER,
        "self.host = target_host or host",
        "self.host = host or target_host",
        [f"{TESTS}/test_targets.py"],
    ),
    Mutant(
        "GET may have the target *",
        TARGETS,
        'if method != b"OPTIONS":',
        "if False:",
        [f"{TESTS}/test_targets.py"],
    ),
    Mutant(
        "a body in an unknown coding is read",
        CODINGS,
        'if any(coding.partition(";")[0].rstrip() != "chunked" for coding in codings):',
        "if False:",
        [f"{TESTS}/test_transfer_codings.py"],
    ),
    Mutant(
        "a body may be chunked twice",
        CODINGS,
        'if codings != ["chunked"]:',
        "if False:",
        [f"{TESTS}/test_transfer_codings.py"],
        survives="httptools refuses such a body too",
    ),
    Mutant(
        "HTTP/1.0 has transfer codings",
        CODINGS,
        'if version == "1.0" or not codings',
        "if not codings",
        [f"{TESTS}/test_transfer_codings.py"],
    ),
]
