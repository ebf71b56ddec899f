"""A real browser: pages of another origin call the service, and its documentation works offline.

The service has a prefix, and is tested on each database. The browser reaches nothing but this
machine.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple

import httpx2
import pytest
from selenium.webdriver import Chrome

from tests.deployment.chromium import CHROMIUM, DRIVER, chromium, errors, pages, requested_urls
from tests.support.served import fresh_postgres, serve

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
    pytest.mark.skipif(DRIVER is None, reason="chromedriver (chromium-driver) is not installed"),
]

SEND = """
const service = arguments[0], done = arguments[arguments.length - 1];
const json = {"Content-Type": "application/json"};

async function send(url, method, headers, content) {
    const body = content && JSON.stringify(content);
    const response = await fetch(new URL(url, service), {method, headers, body});
    return {
        url: response.url,
        status: response.status,
        headers: Object.fromEntries(response.headers),
        content: await response.json(),
    };
}
"""

ROUND_TRIP = """
async function run() {
    const hero = {name: "Deadpond", secret_name: "Dive Wilson"};
    const keyed = {...json, "Idempotency-Key": crypto.randomUUID()};
    const created = await send("heroes", "POST", keyed, hero);
    const repeated = await send("heroes/", "POST", keyed, hero);
    await send("heroes/", "POST", json, {name: "Rusty-Man", secret_name: "Tommy Sharp"});
    const page = await send("heroes/?limit=1", "GET", {Prefer: "count=exact"});
    const target = page.headers.link.match(/<([^>]*)>; rel="next"/)[1];
    const following = await send(new URL(target, page.url), "GET", {});
    const tag = {...json, "If-Match": created.headers.etag};
    const changed = await send(created.headers.location, "PATCH", tag, {age: 48});
    const stale = await send(created.headers.location, "PATCH", tag, {age: 49});
    const missing = await send("heroes/999", "GET", {Authorization: "Bearer x"});
    return {created, repeated, page, following, changed, stale, missing};
}
run().then(done, error => done(String(error)));
"""

ONE_OF_EACH = """
async function run() {
    const requests = [["GET", {}], ["POST", json, {name: "x", secret_name: "y"}], ["DELETE", {}]];
    const outcomes = [];
    for (const [method, headers, content] of requests) {
        const url = method === "DELETE" ? "heroes/999" : "heroes/";
        outcomes.push(await send(url, method, headers, content).then(r => r.status, String));
    }
    return outcomes;
}
run().then(done, error => done(String(error)));
"""

TRY_EACH = """
const blocksToTry = arguments[0], done = arguments[1];

async function find(parent, selector) {
    for (;;) {
        const found = parent.querySelector(selector);
        if (found) return found;
        await new Promise(resolve => setTimeout(resolve, 5));
    }
}

async function tryOut(block) {
    const toggle = block.querySelector(".opblock-summary-control");
    toggle.click();
    (await find(block, ".try-out__btn")).click();
    (await find(block, "button.execute")).click();
    const status = await find(block, ".live-responses-table tbody .response-col_status");
    const outcome = [block.id, parseInt(status.textContent)];
    toggle.click();
    return outcome;
}

async function run() {
    await find(document, ".opblock");
    document.body.style.display = "none";  // the layout takes half of the time
    const blocks = [...document.querySelectorAll(blocksToTry)];
    const isLast = block => block.classList.contains("opblock-delete");
    const outcomes = [];
    for (const block of blocks.filter(b => !isLast(b)).concat(blocks.filter(isLast)))
        outcomes.push(await tryOut(block));
    return outcomes;
}
run().then(done, error => done(String(error)));
"""


OPERATIONS = {
    "sqlite": ".opblock",
    "postgres": ".opblock:not(.opblock-head, .opblock-options)",  # they take a third of the time
}
"""The operations that are tried on each database."""


class Site(NamedTuple):
    """A browser, the service, and pages: those of 127.0.0.1 are allowed, others are not."""

    engine: str
    browser: Chrome
    service: str
    port: int

    def run_on_page(self, host: str, script: str) -> Any:
        """Run the script on an empty page of the host, and return its result."""
        self.browser.get(f"http://{host}:{self.port}/")
        return self.browser.execute_async_script(SEND + script, self.service)


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module", params=OPERATIONS)
def site(
    browser: Chrome, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    with ExitStack() as running:
        port = running.enter_context(pages())
        settings = {"root_path": "/api", "cors_origins": f"http://127.0.0.1:{port}"}
        if request.param == "postgres":
            postgres = request.getfixturevalue("postgres_url")
            settings["database_url"] = running.enter_context(fresh_postgres(postgres))
        database = tmp_path_factory.mktemp("served") / "heroes.db"
        served = running.enter_context(serve(database, **settings))
        yield Site(request.param, browser, f"{served.url}/api/", port)


def test_a_page_of_an_allowed_origin_creates_pages_and_updates_safely(site: Site) -> None:
    responses = site.run_on_page("127.0.0.1", ROUND_TRIP)

    assert isinstance(responses, dict), responses
    headers = {name: response["headers"] for name, response in responses.items()}
    statuses = {name: response["status"] for name, response in responses.items()}
    assert dict.fromkeys(responses, 200) | {"stale": 412, "missing": 404} == statuses
    assert responses["created"]["content"] == responses["repeated"]["content"]
    assert "true" == headers["repeated"]["idempotency-replayed"]
    assert "count=exact" == headers["page"]["preference-applied"]
    assert "2" == headers["page"]["x-total-count"]
    names = [responses[page]["content"][0]["name"] for page in ("page", "following")]
    assert ["Deadpond", "Rusty-Man"] == names
    assert 48 == responses["changed"]["content"]["age"]
    assert headers["changed"]["etag"] == headers["stale"]["etag"] != headers["created"]["etag"]
    assert "x-request-id" in headers["missing"]


def test_a_page_of_another_origin_reads_nothing_and_changes_nothing(site: Site) -> None:
    heroes = f"{site.service}heroes/"
    before = httpx2.get(heroes).json()
    refused = site.run_on_page("localhost", ONE_OF_EACH)
    after = httpx2.get(heroes).json()
    allowed = site.run_on_page("127.0.0.1", ONE_OF_EACH)

    assert ["TypeError: Failed to fetch"] * 3 == refused
    assert before == after
    assert [200, 200, 404] == allowed


def test_each_operation_of_the_documentation_succeeds_as_it_stands(site: Site) -> None:
    browser = site.browser
    requested_urls(browser), errors(browser)

    browser.get(site.service)
    outcomes = browser.execute_async_script(TRY_EACH, OPERATIONS[site.engine])

    assert f"{site.service}docs" == browser.current_url.partition("#")[0]
    assert len(outcomes) >= 6
    assert [] == [outcome for outcome in outcomes if not 200 <= outcome[1] < 300]
    assert [] == errors(browser)
    assert [] == [url for url in requested_urls(browser) if not url.startswith(site.service)]
