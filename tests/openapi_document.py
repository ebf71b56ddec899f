"""The committed OpenAPI document. ``make openapi`` runs this file to regenerate it."""

import json
from pathlib import Path
from typing import Any

from entrypoints.api.app import build_app
from tests.fakes.database import FakeDatabase

COMMITTED = Path(__file__).parents[1] / "docs" / "openapi.json"


def document() -> dict[str, Any]:
    """Return the document that the code generates."""
    return build_app(FakeDatabase()).openapi()


if __name__ == "__main__":
    COMMITTED.write_text(json.dumps(document(), indent=2, ensure_ascii=False) + "\n")
