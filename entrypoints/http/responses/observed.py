"""What middleware adds to a response, and what it learns of it, by one wrapper around ``send``.

Each middleware could wrap ``send`` itself. In a request, where the processor's caches are full of
other code, each of these wrappers takes 3 to 5 µs. So the outermost one is an ``ObservedResponse``
in the ASGI scope, and those within use it::

    server       ObservationMiddleware   scope[RESPONSE] = response, and sends by response.send
    application    SecurityHeaders         response.headers |= ...
                     RateLimit               response.headers |= ...
"""

from collections.abc import Awaitable, Callable, Mapping
from time import perf_counter

from starlette.types import Message, Scope, Send

RESPONSE = "response"
"""Key in the ASGI scope of the ``ObservedResponse`` to the request."""

ResponseObserver = Callable[[Scope, "ObservedResponse"], object]


class ObservedResponse:
    """The response to a request, of which the messages are sent by its method ``send``.

    ``received`` is the time at which the head of the request had arrived. All times are read from
    ``perf_counter``.
    """

    status = 0
    """The status, or 0 as long as there is no response."""

    body_size = 0
    """Number of bytes of the body, before a transfer coding."""

    ended = 0.0
    """The end of the application's work."""

    observers: tuple[ResponseObserver, ...] = ()
    """Are called soon after the end, if the response is that of ``ObservationMiddleware``."""

    has_timing = False
    """Whether the response has a ``Server-Timing``."""

    def __init__(self, send: Send, received: float | None = None) -> None:
        self._send = send
        self.headers: dict[bytes, bytes] = {}
        """Headers that the response gets unless the application sets ones with these names."""
        self.called = perf_counter()
        """The start of the application's work."""
        self.received = self.called if received is None else received

    def send(self, message: Message) -> Awaitable[None]:
        """Send a message of the application. Raises ``RuntimeError`` after the last one."""
        send = self._send
        if message["type"] == "http.response.start":
            self.status = message["status"]
            fields, added = [*message.get("headers", ())], self.headers
            for name, _ in fields:
                added.pop(name, None)
            fields += added.items()
            if self.has_timing:
                waited, took = self.called - self.received, perf_counter() - self.called
                timing = b"queue;dur=%.2f, app;dur=%.2f" % (1000 * waited, 1000 * took)
                fields.append((b"server-timing", timing))
            message = {**message, "headers": fields}
        elif message["type"] == "http.response.body":
            self.body_size += len(message.get("body", b""))
            if not message.get("more_body"):
                self._send = _refuse  # the server's refers to the scope, which refers to this
        return send(message)


async def _refuse(message: Message) -> None:
    raise RuntimeError(f"{message['type']} was sent after the end of the response")


class TimedResponse(ObservedResponse):
    """A response with a ``Server-Timing``."""

    has_timing = True


def add_headers(scope: Scope, send: Send, headers: Mapping[bytes, bytes]) -> Send:
    """Add headers, with names in lower case, to the response unless it has ones with these names.

    Return the ``send`` to pass on: the same, or that of a new ``ObservedResponse`` if the scope has
    none.
    """
    response: ObservedResponse | None = scope.get(RESPONSE)
    if response is None:
        response = scope[RESPONSE] = ObservedResponse(send)
        send = response.send
    response.headers.update(headers)
    return send
