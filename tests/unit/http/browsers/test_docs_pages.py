"""The pages of the documentation may load what they consist of, and nothing else."""

import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256

import httpx2
import pytest
from fastapi import FastAPI

from entrypoints.api.app import build_app
from entrypoints.http.browsers.docs_pages import page_policy
from tests.fakes.database import FakeDatabase

pytestmark = pytest.mark.canary

PAGES = ["/docs", "/redoc", "/docs/oauth2-redirect"]
INLINE = "a < b && '</p>'"


def digest_of(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


@pytest.fixture(params=["", "/api"])
def app(request: pytest.FixtureRequest) -> FastAPI:
    """An application; the second one is mounted in another."""
    app = build_app(FakeDatabase())
    if not request.param:
        return app
    outer = FastAPI()
    outer.mount(request.param, app)
    outer.state.prefix = request.param
    return outer


async def get(app: FastAPI, path: str) -> httpx2.Response:
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
        response = await client.get(getattr(app.state, "prefix", "") + path)
    assert 200 == response.status_code
    assert 1 == len(response.headers.get_list("content-security-policy"))
    return response


def parse(policy: str) -> Mapping[str, list[str]]:
    """Return the directives of a policy, each with its sources."""
    directives = [directive.split() for directive in policy.split("; ")]
    return {name: sources for name, *sources in directives}


async def policy_of(app: FastAPI, path: str) -> Mapping[str, list[str]]:
    return parse((await get(app, path)).headers["content-security-policy"])


@pytest.mark.parametrize("path", PAGES)
async def test_each_script_of_a_page_may_run_and_no_other(app: FastAPI, path: str) -> None:
    page = await get(app, path)
    scripts = re.findall(r'<script(?: src="(.*?)")?>(.*?)</script>', page.text, re.DOTALL)

    expected = [url or f"'sha256-{digest_of(text)}'" for url, text in scripts]

    assert expected
    assert expected == parse(page.headers["content-security-policy"])["script-src"]


@pytest.mark.parametrize("path", PAGES)
async def test_what_a_policy_does_not_name_is_not_loaded(app: FastAPI, path: str) -> None:
    policy = await policy_of(app, path)

    for name in ("default-src", "base-uri", "form-action", "frame-ancestors"):
        assert ["'none'"] == policy[name]
    assert ["'self'"] == policy["connect-src"]


async def test_swagger_ui_loads_its_style_sheet_and_the_icon(app: FastAPI) -> None:
    policy = await policy_of(app, "/docs")

    assert [True] == [url.endswith("/swagger-ui.css") for url in policy["style-src"]]
    assert policy["img-src"][0].endswith("/favicon.png")
    assert "data:" in policy["img-src"]


async def test_redoc_makes_styles_and_a_worker(app: FastAPI) -> None:
    policy = await policy_of(app, "/redoc")

    assert "'unsafe-inline'" in policy["style-src"]
    assert ["blob:"] == policy["worker-src"]


async def test_only_the_pages_have_a_policy_of_their_own(app: FastAPI) -> None:
    assert {"default-src": ["'none'"], "frame-ancestors": ["'none'"]} == await policy_of(
        app, "/openapi.json"
    )


@pytest.mark.parametrize(
    ("page", "source"),
    [
        ('<script src="/static/ui.js"></script>', "'self'"),
        ('<script src="ui.js"></script>', "'self'"),
        ('<script async src="//cdn.example/ui.js?x=1#y"></script>', "https://cdn.example/ui.js"),
        ('<script src="http://cdn.example/a;b.js"></script>', "http://cdn.example"),
        ('<script src="https://cdn.example:8443/a b"></script>', "https://cdn.example:8443"),
        (f"<script>{INLINE}</script>", f"'sha256-{digest_of(INLINE)}'"),
        ("<p>no script</p>", "'none'"),
    ],
)
def test_a_source_is_a_url_without_a_query_or_a_digest(page: str, source: str) -> None:
    assert [source] == parse(page_policy(page))["script-src"]


def test_applications_without_pages_need_no_policies() -> None:
    assert parse(page_policy(""))["style-src"] == ["'none'"]
