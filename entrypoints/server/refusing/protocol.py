"""The refusal of a request: sent, or left out where an earlier request needs its response."""

from time import perf_counter
from typing import cast

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from entrypoints.server.config import ServerConfig
from entrypoints.server.identification import id_field
from entrypoints.server.parsing.refusals import Refused, bad_request, serialize_refusal
from entrypoints.server.parsing.request_reader import END_OF_HEAD, RequestReader
from entrypoints.server.refusing.reports import RefusedRequest
from entrypoints.server.sending import DRAIN_TIMEOUT, SendingProtocol
from entrypoints.server.timers import Timer

TOO_SLOW = bad_request("The request was not received in time.")


class RefusingProtocol(SendingProtocol):
    """Refuses a request, such as one that has not arrived in time, and closes the connection.

    If an earlier request still needs its response, the connection is closed after that response,
    and the refusal is not sent (record 30).
    """

    _ignores_input = False
    _previous: RequestResponseCycle | None = None
    """The request before the last one."""

    def __init__(self, config: ServerConfig, *args: object, **options: object) -> None:
        super().__init__(config, *args, **options)
        self._config = config
        self._reader = RequestReader(self, self._on_request_begin)
        self._receive_timer = Timer(self.loop, self._on_receive_timeout)

    def _on_request_begin(self) -> None:
        self._begun_at = perf_counter()

    def _refuse(self, refusal: Refused) -> None:
        """Send the refusal, or the outstanding response instead, and close the connection."""
        self._ignores_input = True
        self._receive_timer.cancel()
        if self._close_after_last_response():
            return
        if self._has_started_response():
            self._close()
        elif not self.transport.is_closing():
            self._disconnect_requests()
            self._write_refusal(refusal)
            self._close_when_read()

    def _write_refusal(self, refusal: Refused) -> None:
        """Send the refusal. Count and report it, unless nothing of a request has arrived."""
        reader = self._reader
        request = RefusedRequest(reader, self.scope, self.headers, self.client)
        request_id = request.find_id()
        shared = self._config.find_cross_origin_fields(request.find_origin())
        fields = [*self.server_state.default_headers, id_field(request_id), *shared]
        response = serialize_refusal(refusal, reader.method, reader.target, fields)
        self.transport.write(response)
        if reader.is_within_request:
            self._config.refusals.count(refusal.status)
            size, seconds = len(response.partition(END_OF_HEAD)[2]), perf_counter() - self._begun_at
            self._config.report(request.describe(request_id, refusal.status, size, seconds))

    def _close_after_last_response(self) -> bool:
        """Close the connection after the last outstanding response. Return whether there is one.

        An incomplete request that is queued behind it is dropped.
        """
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is not None and cycle.more_body and self._previous is not None:
            if self.pipeline:
                self.pipeline.popleft()
            cycle = self._previous
        if cycle is None or cycle.more_body or cycle.response_complete:
            return False
        cycle.keep_alive = False
        return True

    def _has_started_response(self) -> bool:
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is None or not cycle.response_started:
            return False
        return cycle.more_body or not cycle.response_complete

    def _on_receive_timeout(self) -> None:
        if self._is_stopping and not self._reader.is_within_request:
            self._close()
        else:
            self._refuse(TOO_SLOW)

    def _start_drain_timer(self) -> None:
        self._receive_timer.start(min(self._config.bounds.receive_timeout, DRAIN_TIMEOUT))
