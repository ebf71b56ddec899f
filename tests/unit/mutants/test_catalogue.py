"""The catalogue of mutants fits the code: each mistake can be made, and its tests exist."""

import ast
from collections import Counter

import pytest

from tests.mutants.catalogue import CATALOGUE
from tests.mutants.mutant import Mutant
from tests.support.tree_copy import ROOT

MINIMUM = 60
SUBJECTS = {
    "writer",
    "commit groups",
    "sessions",
    "pool",
    "idempotency",
    "conditional",
    "cursors",
    "index ranges",
    "header fields",
    "protocol",
}
"""The subjects that must have mutants. There may be others."""

EVERY_MUTANT = [
    pytest.param(mutant, id=f"{subject}: {mutant.mistake}")
    for subject, mutants in CATALOGUE.items()
    for mutant in mutants
]


def test_each_subject_has_mutants() -> None:
    assert CATALOGUE.keys() >= SUBJECTS
    assert all(len(mutants) >= 5 for mutants in CATALOGUE.values())
    assert len(EVERY_MUTANT) >= MINIMUM


def test_no_subject_lists_a_mistake_twice() -> None:
    for mutants in CATALOGUE.values():
        assert {1} == set(Counter(mutant.mistake for mutant in mutants).values())
        assert {1} == set(Counter((m.file, m.text, m.replacement) for m in mutants).values())


@pytest.mark.parametrize("mutant", EVERY_MUTANT)
def test_the_text_of_a_mutant_occurs_once_and_its_replacement_is_python(mutant: Mutant) -> None:
    """After a change of the code, change the mutant, or remove it if nobody can make it now."""
    source = (ROOT / mutant.file).read_text()

    changed = mutant.apply(source)

    assert ast.dump(ast.parse(source)) != ast.dump(ast.parse(changed))


@pytest.mark.parametrize("mutant", EVERY_MUTANT)
def test_the_tests_of_a_mutant_exist(mutant: Mutant) -> None:
    assert mutant.tests
    for test in mutant.tests:
        path, _, name = test.partition("::")
        source = (ROOT / path).read_text()
        assert not name or f"def {name.partition('[')[0]}(" in source, test
