"""A stand-in for an OpenTelemetry collector: it accepts traces with OTLP over HTTP."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.support.served import LIMIT


class Collector(ThreadingHTTPServer):
    """Collects spans. While ``is_silent``, it answers no request until it is closed."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.exports: Queue[bytes] = Queue()
        self.api_keys: set[str | None] = set()
        self.is_silent = False
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def wait_for_spans(self, last: str) -> tuple[bytes, Resource, list[Span]]:
        """Return what is exported until a span has this name: bytes, resource and spans."""
        received, spans = b"", []
        while True:
            body = self.exports.get(timeout=LIMIT)
            received += body
            (exported,) = ExportTraceServiceRequest.FromString(body).resource_spans
            spans += [span for scope in exported.scope_spans for span in scope.spans]
            if last in {span.name for span in spans}:
                return received, exported.resource, spans


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert "/v1/traces" == self.path
        self.server.api_keys.add(self.headers["api-key"])
        self.server.exports.put(body)
        if self.server.is_silent:
            self.server.closing.wait()
            return
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def collector() -> Iterator[Collector]:
    """Run a collector until the end of the block."""
    with Collector() as running:
        thread = threading.Thread(target=running.serve_forever, args=[0.05])
        thread.start()
        try:
            yield running
        finally:
            running.closing.set()
            running.shutdown()
            thread.join(LIMIT)
