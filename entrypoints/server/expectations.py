"""Requests whose body waits for 100 (Continue) (RFC 9110, section 10.1.1)."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

CLOSE = (b"connection", b"close")


class CloseUnlessContinued:
    """ASGI middleware for a request with ``Expect: 100-continue``.

    The server sends 100 when the application receives the body. If the application responds before
    that, the client may send the body or not, so the connection cannot be used any more.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_continued = False

        async def receive_body() -> Message:
            nonlocal is_continued
            is_continued = True
            return await receive()

        async def send_response(message: Message) -> None:
            if message["type"] == "http.response.start" and not is_continued:
                message = {**message, "headers": [*message["headers"], CLOSE]}
            await send(message)

        await self._app(scope, receive_body, send_response)
