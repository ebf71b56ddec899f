"""An issuer of tokens: a server of its own that publishes keys over TLS, and rotates them."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.support.certificates import ADDRESS, make_certificate
from tests.support.tokens import SigningKey, jwk_set

PATH = "/.well-known/jwks.json"


class Issuer:
    """Signs with the newest of its keys, and publishes all of them while it is reachable."""

    def __init__(self, certificate: Path) -> None:
        self.keys = [SigningKey("first", "RS256")]
        self.requests = 0
        """How often its keys were requested."""

        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificate)
        self._server = self._start(0)
        self.url = f"https://{ADDRESS}:{self._server.server_port}{PATH}"

    def token(self, **claims: Any) -> str:
        """Return a new token. ``claims`` change those of a valid one."""
        return self.keys[-1].token(**claims)

    def rotate(self, key_id: str, algorithm: str) -> None:
        """Publish a new key, and sign with it from now on."""
        self.keys.append(SigningKey(key_id, algorithm))

    def withdraw(self) -> None:
        """Publish the newest key only."""
        del self.keys[:-1]

    def leave(self) -> None:
        """Refuse connections until it returns."""
        self._server.shutdown()
        self._server.server_close()

    def return_(self) -> None:
        """Serve again at the same address."""
        self._server = self._start(self._server.server_port)

    def _start(self, port: int) -> ThreadingHTTPServer:
        server = ThreadingHTTPServer((ADDRESS, port), self._handler())
        server.socket = self._tls.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return server

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                issuer.requests += 1
                body = jwk_set(*issuer.keys)
                self.send_response(200 if self.path == PATH else 404)
                self.send_header("Content-Type", "application/jwk-set+json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Print nothing."""

        return Handler


@contextmanager
def running_issuer(directory: Path) -> Iterator[tuple[Issuer, Path]]:
    """Yield an issuer and its certificate, which is the only one that a client has to trust."""
    certificate = make_certificate(directory)
    issuer = Issuer(certificate)
    try:
        yield issuer, certificate
    finally:
        issuer.leave()
