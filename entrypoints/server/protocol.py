"""uvicorn's HTTP/1.1 protocol with limits on how long and how much a client may send.

uvicorn queues pipelined requests without a limit, and waits for the rest of a request without a
timeout.
"""

from asyncio import Transport
from functools import partial
from http import HTTPStatus
from typing import cast

from starlette.types import ASGIApp, Scope
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from entrypoints.http.paths import HEALTH_PATHS, local_path
from entrypoints.server.allowed_hosts import EXEMPT_PATHS
from entrypoints.server.asgi_responses import (
    RETRY_HEADERS,
    misdirected,
    overloaded,
    run_to_completion,
)
from entrypoints.server.config import ServerConfig
from entrypoints.server.expectations import CloseUnlessContinued
from entrypoints.server.identification import add_request_id, identify, mark_as_forwarded
from entrypoints.server.parsing.refusals import Refused
from entrypoints.server.parsing.targets import ASTERISK
from entrypoints.server.refusing.protocol import RefusingProtocol

TOO_MANY_CONNECTIONS = Refused(
    HTTPStatus.SERVICE_UNAVAILABLE, "Too many connections. Try again later.", RETRY_HEADERS
)


class BoundedProtocol(RefusingProtocol):
    """Refuses a request that does not arrive in time, or that ``RequestReader`` refuses.

    ``Admission`` decides when a request is started.
    """

    _is_counted = False
    _is_half_closed = False

    def __init__(self, config: ServerConfig, *args: object, **options: object) -> None:
        super().__init__(config, *args, **options)
        self._bounds = config.bounds
        self._stop = config.stop
        self._admission = config.admission
        self._connections = config.connection_limit
        self._root_paths = config.root_paths
        self._application = self.app

    # The connection.

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._peer = self.client[0] if self.client else ""
        self._is_proxy = self._bounds.clients.is_proxy(self._peer)
        self._counted_address = None if self._is_proxy else self._peer
        self._is_counted = self._connections.acquire(self._counted_address)
        if self._is_counted:
            self._receive_timer.start(self._bounds.receive_timeout)
        else:
            self._ignores_input = True
            self._write_refusal(TOO_MANY_CONNECTIONS)
            self._close()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._is_counted:
            self._connections.release(self._counted_address)
        self._ignores_input = True
        self._receive_timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if not self._ignores_input:
            self._reader.receive(data)
            self._parse_received()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Keep the connection open for the responses to requests that have arrived completely."""
        self._is_half_closed = True
        if self._reader.has_unread and not self._ignores_input:
            return True
        is_open = self._close_after_last_response()
        if not is_open:
            self._start_send_timer()
        return is_open

    def announce_close(self) -> None:
        """Close the connection after the last request, unless another one has arrived."""
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is None or cycle.response_started:
            return
        if cycle.more_body or not self._reader.has_unread:
            cycle.keep_alive = False

    def shutdown(self) -> None:
        """Shorten the timeout for a request, so that the server can stop.

        A new connection stays open for a moment, and so does one on which a request is arriving:
        the client may have sent it before it could know of the stop.
        """
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if self._receive_timer.is_running and (cycle is None or cycle.response_complete):
            self._shorten_send_timeout()
            self._start_drain_timer()
            return
        super().shutdown()
        if self._receive_timer.is_running:
            self._start_drain_timer()

    # The callbacks of the parser.

    def on_headers_complete(self) -> None:
        self._previous = self.cycle
        identify(self.scope, self.headers)
        if self._is_proxy:
            client = self._bounds.clients.find_client(self._peer, self.headers)
            self.scope["client"] = (client, 0)
            mark_as_forwarded(self.scope)
        if self._is_proxy or self._root_paths.configured:
            self._set_root_path()
        if self.parser.get_http_version() == "1.0":
            self.expect_100_continue = False  # RFC 9110, section 10.1.1
        self.app = cast("ASGI3Application", self._select_app())
        super().on_headers_complete()
        self.headers = []  # trailers (RFC 9110, section 6.5) must not become headers

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._receive_timer.cancel()
        if self._stop.is_set():
            self.announce_close()
        if self.cycle.response_complete:  # before the whole body had arrived
            self.cycle.more_body = False
            self._start_keep_alive()

    # The requests.

    def _on_request_begin(self) -> None:
        super()._on_request_begin()
        self._unset_keepalive_if_required()
        self._receive_timer.cancel()

    def on_response_sent(self) -> None:
        completed = self._current
        super().on_response_sent()
        if self._receive_timer.is_running:
            self._unset_keepalive_if_required()
            if completed is self.cycle and completed.more_body:
                self._start_drain_timer()
        if self._reader.has_unread and not self.transport.is_closing():
            self.flow.pause_reading()
            self.loop.call_soon(self._parse_rest)

    def _set_root_path(self) -> None:
        """Set the root path, which uvicorn puts before the path. ``*`` is no path."""
        root = self._root_paths.find(self.headers, is_proxy=self._is_proxy)
        self.root_path = self.scope["root_path"] = "" if self.url == ASTERISK else root
        self.url = self._root_paths.remove(self.url, self.root_path)

    def _select_app(self) -> ASGIApp:
        """Return the application, or one that responds with 421 if the host is not allowed."""
        app = cast("ASGIApp", self._application)
        if not self._is_host_allowed():
            app = self._config.observe(misdirected)
            self._config.refusals.count(HTTPStatus.MISDIRECTED_REQUEST)
        return CloseUnlessContinued(app) if self.expect_100_continue else app

    def _is_host_allowed(self) -> bool:
        host = self._reader.host
        if host is None or host in self._bounds.allowed_hosts:
            return True
        return self.url.partition(b"?")[0] in EXEMPT_PATHS

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        """Start the request when ``Admission`` allows it, or respond with 503.

        Health checks do not wait: they say how the process is while others do.
        """
        self._current = cycle
        add_request_id(cycle)
        if local_path(cast("Scope", cycle.scope)) in HEALTH_PATHS:
            self._start_unless_disconnected(cycle, app)
            return
        start = partial(self._start_unless_disconnected, cycle, app)
        refuse = partial(self._refuse_overload, cycle)
        self._admission.submit(start, refuse, self.tasks)

    def _start_unless_disconnected(
        self, cycle: RequestResponseCycle, app: ASGI3Application
    ) -> None:
        if not cycle.disconnected:
            super()._start_asgi_task(cycle, app)

    def _refuse_overload(self, cycle: RequestResponseCycle) -> None:
        app = self._config.observe(overloaded)
        response = cycle.run_asgi(cast("ASGI3Application", app))
        self.loop.call_soon(run_to_completion, response)

    def _parse_received(self) -> None:
        """Parse the received bytes until a pipelined request is queued."""
        while self._reader.has_unread and self._may_parse():
            try:
                self._reader.parse_part()
            except Refused as refusal:
                self._refuse(refusal)
        if not (self.transport.is_closing() or self._ignores_input):
            self._after_parsing()

    def _after_parsing(self) -> None:
        """Stop reading while a request is queued, and wait for the rest of an incomplete one."""
        if self._reader.has_unread:
            self.flow.pause_reading()
        elif self._is_half_closed and not self._close_after_last_response():
            self._close()
        if self._reader.is_within_request and not self._receive_timer.is_running:
            self._receive_timer.start(self._bounds.receive_timeout)

    def _parse_rest(self) -> None:
        """Parse what was received during a response, and then read on."""
        self._parse_received()
        if not (self._reader.has_unread or self.pipeline or self.transport.is_closing()):
            self.flow.resume_reading()

    def _may_parse(self) -> bool:
        return not (self._ignores_input or self.pipeline or self._is_response_buffered)

    def _start_keep_alive(self) -> None:
        """Start the keep-alive timeout, as uvicorn does after a response."""
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )
