"""Mistakes in conditional requests, entity tags and preconditions."""

from tests.mutants.mutant import Mutant

HTTP = "entrypoints/http/conditional.py"
TAGS = "entrypoints/http/entity_tags.py"
DOMAIN = "domain/preconditions.py"
USE_CASES = "service_layer/use_cases.py"

API = "tests/unit/http/test_conditional.py"
UNIT = "tests/unit/domain/test_preconditions.py"
CONTRACT = "tests/contract/test_preconditions.py"

CHECK_AND_UPDATE = """    precondition.check(entity.version)
    updated = entity.apply(changes)
    if updated is not entity:
        await repository.update(updated)
    await uow.commit()
"""
UPDATE_AND_CHECK = """    updated = entity.apply(changes)
    if updated is not entity:
        await repository.update(updated)
    await uow.commit()
    precondition.check(entity.version)
"""
READ_AND_CHECK = """    entity = await repository.get(entity_id)
    precondition.check(entity.version)
    updated = """
CHECK_BEFORE_THE_LOCK = """    entity = await repository.get(entity_id)
    precondition.check(entity.version)
    await uow.commit()
    entity = await repository.get(entity_id)
    updated = """

MUTANTS = [
    Mutant(
        "weak tags match If-Match",
        HTTP,
        '"if-match", EVERY_VERSION, include_weak=False',
        '"if-match", EVERY_VERSION, include_weak=True',
        [API],
    ),
    Mutant(
        "weak tags do not match If-None-Match",
        HTTP,
        '"if-none-match", (), include_weak=True',
        '"if-none-match", (), include_weak=False',
        [API],
    ),
    Mutant(
        "304 for another version",
        HTTP,
        "if version not in precondition.none_of:",
        "if version not in precondition.none_of and version - 1 not in precondition.none_of:",
        [API],
    ),
    Mutant(
        "a 304 has the tag of the next version",
        HTTP,
        '{"ETag": entity_tag(version), **PRIVATE}',
        '{"ETag": entity_tag(version + 1), **PRIVATE}',
        [API],
    ),
    Mutant(
        "If-None-Match is evaluated before If-Match",
        HTTP,
        "if version not in precondition.one_of:",
        "if version not in precondition.one_of and version not in precondition.none_of:",
        [API],
    ),
    Mutant(
        "only the first line of a header counts",
        HTTP,
        '", ".join(request.headers.getlist(name))',
        'request.headers.get(name, "")',
        [API],
    ),
    Mutant(
        "a 304 may be stored by everybody",
        HTTP,
        '{"ETag": entity_tag(version), **PRIVATE}',
        '{"ETag": entity_tag(version)}',
        ["tests/unit/http/test_caching.py"],
    ),
    Mutant(
        "a GET does not say that a weak tag never matches",
        HTTP,
        "raise StaleVersion(version, precondition.reason)",
        "raise StaleVersion(version)",
        [API],
    ),
    Mutant(
        "weak tags are explained only if all tags are weak",
        TAGS,
        "any(weak for weak",
        "all(weak for weak",
        [API],
    ),
    Mutant(
        "a weak tag in If-Match is the reason for what If-None-Match rejects",
        DOMAIN,
        "            raise StaleVersion(version)\n",
        "            raise StaleVersion(version, self.reason)\n",
        [API],
    ),
    Mutant(
        "a tag with a leading zero is the version",
        TAGS,
        '"[1-9][0-9]{0,18}"',
        '"[0-9]{1,19}"',
        [API],
    ),
    Mutant(
        "a tag is compared as text of any digits",
        TAGS,
        '"[1-9][0-9]{0,18}"',
        r'r"\d+"',
        [API],
    ),
    Mutant(
        "a tag in a list of malformed ones matches",
        TAGS,
        "if not _LIST.fullmatch(tags):",
        "if not _LIST.match(tags):",
        [API],
    ),
    Mutant(
        "a star among blanks is no star",
        TAGS,
        'if strip_blanks(tags) == "*":',
        'if tags == "*":',
        [API],
    ),
    Mutant(
        "a hero of version 1 does not match the star",
        DOMAIN,
        "EVERY_VERSION = range(1, 2**63)",
        "EVERY_VERSION = range(2, 2**63)",
        [API, UNIT, "tests/unit/api/test_heroes.py"],
    ),
    Mutant(
        "If-None-Match does not hold for a PATCH",
        DOMAIN,
        "        if version in self.none_of:\n",
        "        if False:\n",
        [UNIT],
    ),
    Mutant(
        "the precondition of an update is checked after the commit",
        USE_CASES,
        CHECK_AND_UPDATE,
        UPDATE_AND_CHECK,
        [UNIT],
    ),
    Mutant(
        "the precondition of an update is checked in a transaction before",
        USE_CASES,
        READ_AND_CHECK,
        CHECK_BEFORE_THE_LOCK,
        [CONTRACT],
    ),
    Mutant(
        "the precondition of a deletion is checked in a transaction before",
        USE_CASES,
        "        precondition.check(entity.version)\n    await repository.remove(entity_id)",
        "        precondition.check(entity.version)\n        await uow.commit()\n"
        "    await repository.remove(entity_id)",
        [CONTRACT],
    ),
    Mutant(
        "a deletion has no precondition",
        USE_CASES,
        "if precondition != NO_PRECONDITION:",
        "if False:",
        [UNIT],
    ),
    Mutant(
        "an update to equal values has another tag",
        "domain/entity.py",
        "            return self\n",
        "            return replace(self, version=self.version + 1)  # type: ignore[type-var]\n",
        ["tests/unit/domain/test_hero_rules.py"],
    ),
]
