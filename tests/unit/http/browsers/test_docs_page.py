"""The documentation page loads what it consists of from the service, and nothing else."""

import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256

import httpx2
import pytest
from fastapi import FastAPI

from entrypoints.api.app import build_app
from entrypoints.http.browsers.docs_page import page_policy
from tests.fakes.authenticator import FakeAuthenticator, bearing
from tests.fakes.database import FakeDatabase

pytestmark = pytest.mark.canary

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
URL = re.compile(r'(?:src|href)="([^"]++)"')
INLINE = re.compile(r"<script>([^<]*+)</script>")


@pytest.fixture(params=["", "/api"])
def app(request: pytest.FixtureRequest) -> FastAPI:
    """An application; the second one is mounted in another."""
    app = build_app(FakeDatabase())
    if not request.param:
        return app
    outer = FastAPI(docs_url=None)
    outer.mount(request.param, app)
    outer.state.prefix = request.param
    return outer


def prefix_of(app: FastAPI) -> str:
    return getattr(app.state, "prefix", "")


def client_of(app: FastAPI) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app)
    return httpx2.AsyncClient(transport=transport, base_url="http://service")


async def get(app: FastAPI, path: str, **headers: str) -> httpx2.Response:
    async with client_of(app) as client:
        return await client.get(prefix_of(app) + path, headers=headers)


async def get_page(app: FastAPI) -> httpx2.Response:
    page = await get(app, "/docs")
    assert 200 == page.status_code
    assert 1 == len(page.headers.get_list("content-security-policy"))
    return page


def parse(policy: str) -> Mapping[str, list[str]]:
    """Return the directives of a policy, each with its sources."""
    directives = [directive.split() for directive in policy.split("; ")]
    return {name: sources for name, *sources in directives}


def digest_of(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


async def test_the_page_loads_only_files_of_the_service(app: FastAPI) -> None:
    page = await get_page(app)

    urls = URL.findall(page.text)

    names = {"swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png"}
    assert names == {url.rpartition("/")[2] for url in urls}
    for url in urls:
        assert url.startswith(f"{prefix_of(app)}/docs/")
        assert 200 == (await get(app, url.removeprefix(prefix_of(app)))).status_code


async def test_the_page_shows_the_document(app: FastAPI) -> None:
    page = await get_page(app)

    assert f"url: '{prefix_of(app)}/openapi.json'" in page.text
    assert 200 == (await get(app, "/openapi.json")).status_code


async def test_the_page_asks_no_validator(app: FastAPI) -> None:
    assert '"validatorUrl": null' in (await get_page(app)).text


async def test_each_script_of_the_page_may_run_and_no_other(app: FastAPI) -> None:
    page = await get_page(app)

    (script,) = INLINE.findall(page.text)

    policy = parse(page.headers["content-security-policy"])
    assert ["'self'", digest_of(script)] == policy["script-src"]


async def test_what_the_policy_does_not_name_is_not_loaded(app: FastAPI) -> None:
    policy = parse((await get_page(app)).headers["content-security-policy"])

    for name in ("default-src", "base-uri", "form-action", "frame-ancestors"):
        assert ["'none'"] == policy[name]
    assert ["'self'"] == policy["connect-src"] == policy["style-src"]
    assert ["'self'", "data:"] == policy["img-src"]


async def test_a_script_that_is_injected_into_the_page_may_not_run(app: FastAPI) -> None:
    page = await get_page(app)
    injected = "alert(1)"

    policy = page_policy(page.text.replace("<body>", f"<body><script>{injected}</script>"))

    assert page.headers["content-security-policy"] == policy
    assert digest_of(injected) not in policy


async def test_only_the_page_has_a_policy_of_its_own(app: FastAPI) -> None:
    document = await get(app, "/openapi.json")

    expected = {"default-src": ["'none'"], "frame-ancestors": ["'none'"]}
    assert expected == parse(document.headers["content-security-policy"])


async def test_the_page_is_asked_for_again_after_an_update(app: FastAPI) -> None:
    assert "no-cache" == (await get_page(app)).headers["cache-control"]


async def test_a_root_path_can_not_end_a_text_in_the_page() -> None:
    transport = httpx2.ASGITransport(build_app(FakeDatabase()), root_path="/'><script>")
    async with httpx2.AsyncClient(transport=transport, base_url="http://service") as client:
        page = await client.get("/docs")

    assert "url: '/%27%3E%3Cscript%3E/openapi.json'" in page.text


@pytest.mark.parametrize("path", ["/redoc", "/docs/oauth2-redirect"])
async def test_other_pages_of_fastapi_are_not_served(app: FastAPI, path: str) -> None:
    assert 404 == (await get(app, path)).status_code


@pytest.mark.parametrize("accept", [BROWSER, "text/html", "text/*, application/json;q=0.9"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_browser_is_redirected_from_the_root(
    app: FastAPI, method: str, accept: str
) -> None:
    async with client_of(app) as client:
        redirect = await client.request(method, f"{prefix_of(app)}/", headers={"Accept": accept})

    assert (307, f"{prefix_of(app)}/docs") == (redirect.status_code, redirect.headers["location"])
    assert "Accept" == redirect.headers["vary"]
    assert "nosniff" == redirect.headers["x-content-type-options"]


@pytest.mark.parametrize(
    "accept",
    ["", "*/*", "application/json", "application/json, text/html;q=0.9", "text/html;q=0.5, */*"],
)
async def test_the_root_is_404_for_others(app: FastAPI, accept: str) -> None:
    response = await get(app, "/", Accept=accept)

    expected = (404, {"detail": "Not Found"})
    assert expected == (response.status_code, response.json())


@pytest.mark.parametrize("method", ["POST", "PUT", "OPTIONS"])
async def test_the_root_is_404_for_other_methods(app: FastAPI, method: str) -> None:
    async with client_of(app) as client:
        response = await client.request(method, f"{prefix_of(app)}/", headers={"Accept": BROWSER})

    assert 404 == response.status_code


@pytest.mark.parametrize("path", ["/", "/docs"])
async def test_without_a_page_browsers_are_not_redirected(path: str) -> None:
    app = build_app(FakeDatabase(), has_docs=False)

    assert 404 == (await get(app, path, Accept=BROWSER)).status_code
    assert 200 == (await get(app, "/openapi.json")).status_code


async def test_a_browser_needs_no_credential_until_it_sends_a_request_of_the_api() -> None:
    app = build_app(FakeDatabase(), authenticator=FakeAuthenticator())

    page = await get(app, "/docs", Accept=BROWSER)
    loaded = [await get(app, url) for url in [*URL.findall(page.text), "/openapi.json"]]

    assert [200] * 4 == [response.status_code for response in loaded]
    assert 307 == (await get(app, "/", Accept=BROWSER)).status_code
    assert 401 == (await get(app, "/", Accept="*/*")).status_code
    assert 401 == (await get(app, "/heroes/", Accept=BROWSER)).status_code


async def test_without_a_page_the_document_needs_a_credential() -> None:
    app = build_app(FakeDatabase(), authenticator=FakeAuthenticator(), has_docs=False)

    anonymous = [await get(app, path) for path in ("/", "/docs", "/openapi.json")]

    assert [401] * 3 == [response.status_code for response in anonymous]
    assert 200 == (await get(app, "/openapi.json", **bearing("alice"))).status_code
