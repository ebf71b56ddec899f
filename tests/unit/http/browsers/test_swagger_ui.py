"""The packaged files of Swagger UI are the published ones, and may be cached for ever."""

from gzip import decompress
from hashlib import sha256
from pathlib import Path

import httpx2
import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

from entrypoints.api.app import build_app
from entrypoints.http.browsers.swagger_ui import (
    FILES,
    FOLDER,
    LICENSES,
    SCRIPT,
    STYLE,
    VERSION,
    PackagedFile,
)
from tests.fakes.database import FakeDatabase

ROOT = Path(__file__).parents[4]

MEDIA_TYPES = {
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "swagger-ui.css": "text/css; charset=utf-8",
    "favicon-32x32.png": "image/png",
}

each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
each_text = pytest.mark.parametrize("file", [SCRIPT, STYLE], ids=lambda file: file.name)


async def get(file: PackagedFile, accept_encoding: str | None) -> httpx2.Response:
    transport = httpx2.ASGITransport(build_app(FakeDatabase()))
    async with httpx2.AsyncClient(transport=transport, base_url="http://service") as client:
        client.headers.pop("accept-encoding")
        headers = {} if accept_encoding is None else {"Accept-Encoding": accept_encoding}
        return await client.get(file.path, headers=headers)


@each_file
def test_a_file_is_the_published_one(file: PackagedFile) -> None:
    assert file.sha256 == sha256(file.content).hexdigest()


@pytest.mark.parametrize("name", LICENSES)
def test_the_licences_are_packaged_with_it(name: str) -> None:
    assert LICENSES[name] == sha256((FOLDER / name).read_bytes()).hexdigest()


def test_the_package_has_no_other_file() -> None:
    stored = {"swagger-ui-bundle.js.gz", "swagger-ui.css.gz", "favicon-32x32.png"}

    packaged = {path.name for path in FOLDER.iterdir()} - {"__pycache__"}

    assert stored | {*LICENSES, "README.md", "__init__.py"} == packaged


def test_the_page_of_the_files_names_their_version() -> None:
    page = (FOLDER / "README.md").read_text()

    assert f"# Swagger UI {VERSION}\n" in page
    assert f"swagger-ui-dist-{VERSION}.tgz" in page


@pytest.mark.parametrize("builder", [WheelBuilder, SdistBuilder])
def test_the_distributions_contain_the_files(
    builder: type[WheelBuilder] | type[SdistBuilder],
) -> None:
    paths = {file.path for file in builder(str(ROOT)).recurse_included_files()}

    assert {str(path) for path in FOLDER.iterdir() if path.is_file()} <= paths


@each_file
async def test_a_file_is_served_with_its_type_and_never_asked_for_again(
    file: PackagedFile,
) -> None:
    response = await get(file, "identity")

    assert 200 == response.status_code
    assert file.content == response.content
    assert MEDIA_TYPES[file.name] == response.headers["content-type"]
    assert "public, max-age=31536000, immutable" == response.headers["cache-control"]
    assert "nosniff" == response.headers["x-content-type-options"]


@each_text
@pytest.mark.parametrize("accepted", ["gzip", "gzip, deflate, br, zstd", "br,GZIP"])
async def test_a_text_is_compressed_for_a_client_that_accepts_it(
    file: PackagedFile, accepted: str
) -> None:
    response = await get(file, accepted)

    assert "gzip" == response.headers["content-encoding"]
    assert "Accept-Encoding" == response.headers["vary"]
    assert int(response.headers["content-length"]) < len(file.content) / 3
    assert file.content == response.content


@each_text
@pytest.mark.parametrize("accepted", [None, "", "identity", "gzip;q=0", "br", "x-gzipped", "*"])
async def test_a_text_is_not_compressed_for_another_client(
    file: PackagedFile, accepted: str | None
) -> None:
    response = await get(file, accepted)

    assert "content-encoding" not in response.headers
    assert "Accept-Encoding" == response.headers["vary"]
    assert file.content == response.content


@each_text
def test_a_stored_text_does_not_depend_on_the_time_of_its_compression(file: PackagedFile) -> None:
    stored = (FOLDER / f"{file.name}.gz").read_bytes()

    assert bytes(4) == stored[4:8]
    assert file.content == decompress(stored)


@each_file
def test_the_path_changes_with_the_content(file: PackagedFile) -> None:
    assert f"/docs/{file.sha256[:16]}/{file.name}" == file.path
