"""Debian's Chromium, which reaches nothing but this machine, and pages of another origin."""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from selenium.webdriver import Chrome, ChromeOptions, ChromeService

CHROMIUM = shutil.which("chromium")
DRIVER = shutil.which("chromedriver")

ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",  # it cannot be set up by root, nor in a container
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)

TIMEOUT = 30
"""Seconds that a script of a test may take."""


@contextmanager
def chromium() -> Iterator[Chrome]:
    """Run Chromium until the end of the block."""
    options = ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for argument in ARGUMENTS:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = Chrome(options, ChromeService(str(DRIVER)))
    browser.set_script_timeout(TIMEOUT)
    try:
        yield browser
    finally:
        browser.quit()


@contextmanager
def pages() -> Iterator[int]:
    """Serve empty pages on all loopback names, and yield the port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _EmptyPage) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def requested_urls(browser: Chrome) -> Sequence[str]:
    """Return the URLs that pages have requested since the last call, without those of data."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = [
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    ]
    return [url for url in urls if not url.startswith("data:")]


def errors(browser: Chrome) -> Sequence[str]:
    """Return the errors of pages since the last call, such as violations of their policies."""
    return [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]


class _EmptyPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Respond with an empty page."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Log nothing."""
