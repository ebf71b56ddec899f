"""The sessions in docs/api.md print what the guide shows.

A shell runs the commands in order, against one server that starts without heroes. Sessions that
need Node.js have tests of their own.
"""

import shutil
from pathlib import Path

import pytest

from tests.e2e import guide
from tests.support.served import Served

WITH_NODE = {"Browsers", "TypeScript"}
"""The sections that need Node.js."""


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_sessions_of_the_guide_print_what_it_shows(server: Served, tmp_path: Path) -> None:
    text = "".join(text for title, text in guide.sections().items() if title not in WITH_NODE)
    expected = guide.session(text)
    guide.write_programs(text, tmp_path)

    assert expected == guide.run(expected, tmp_path, {guide.ADDRESS: server.url})
