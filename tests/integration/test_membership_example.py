"""The short form of ``make example`` for two aggregates that belong together: its API on SQLite.

What the example needs of generic modules is in them: its patch only changes those of the hero.
"""

from pathlib import Path

from tests.examples.example import LAYERS, Example
from tests.examples.laid_over import LaidOver

TEAM, MEMBERSHIP = Example("team"), Example("membership")


def test_only_modules_of_the_hero_change() -> None:
    changed = [each for each in MEMBERSHIP.count_added_lines() if each.startswith(LAYERS)]

    assert changed
    assert [] == [each for each in changed if "hero" not in each]


def test_heroes_can_be_in_teams(tmp_path: Path) -> None:
    tree = LaidOver(tmp_path / "tree")
    for example in (TEAM, MEMBERSHIP):
        tree.lay_over(example)

    ran = tree.test(["tests/contract/test_membership_routes.py"], "-m", "not thorough")

    assert " passed" in ran
