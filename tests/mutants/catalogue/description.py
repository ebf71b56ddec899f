"""Mistakes in the OpenAPI document: what tools would send, generate or not find."""

from tests.mutants.mutant import Mutant

OPENAPI = "entrypoints/http/openapi.py"
PARTS = "entrypoints/http/description"
ERRORS = "entrypoints/http/documented_errors.py"

# The tests are those of the single subjects: the comparison with docs/openapi.json detects all.
DOCUMENT = "tests/unit/api/test_openapi.py::test_"
EXAMPLES = "tests/unit/api/test_openapi_examples.py"

MUTANTS = [
    Mutant(
        "the largest integer is 2**63",
        OPENAPI,
        'converted | ({"maximum": INT64_MAX} if is_rounded else {})',
        "converted",
        [f"{DOCUMENT}every_integer_but_positions_and_statuses_has_64_bits"],
    ),
    Mutant(
        "a PATCH is not a JSON Merge Patch",
        OPENAPI,
        '{"content": {MERGE_PATCH: {"schema": schema}}}',
        "{}",
        [f"{DOCUMENT}a_patch_is_documented_as_a_json_merge_patch_too"],
    ),
    Mutant(
        "tools page by offset",
        f"{PARTS}/offsets.py",
        'if name != "default"}',
        "if name}",
        [f"{DOCUMENT}what_a_client_may_omit_has_no_default_that_a_generated_client_would_send"],
    ),
    Mutant(
        "bodies have no examples",
        f"{PARTS}/examples.py",
        'return {**media, "example": _find_example(media["schema"], document)}',
        "return media",
        [f"{DOCUMENT}every_request_body_and_response_has_valid_examples", EXAMPLES],
    ),
    Mutant(
        "an example has a placeholder",
        f"{PARTS}/examples.py",
        "node = node.replace(placeholder, value)",
        "pass",
        [EXAMPLES],
    ),
    Mutant(
        "the instance of an example is not the path of a hero",
        f"{PARTS}/examples.py",
        '        for example in list(parameter.get("examples", {}).values())[:1]:',
        "        for example in ():",
        [EXAMPLES],
    ),
    Mutant(
        "HEAD is documented with bodies",
        f"{PARTS}/methods.py",
        'for name, part in response.items() if name != "content"}',
        "for name, part in response.items()}",
        [f"{DOCUMENT}head_is_documented_as_get_without_bodies"],
    ),
    Mutant(
        "OPTIONS lists itself only",
        f"{PARTS}/methods.py",
        "sort_methods({method.upper() for method in operations})",
        "sort_methods(set())",
        [f"{DOCUMENT}options_returns_the_documented_methods"],
    ),
    Mutant(
        "a malformed OPTIONS gets the 400 of a body",
        f"{PARTS}/methods.py",
        "MALFORMED if status == MALFORMED_STATUS else response",
        "response",
        [
            f"{DOCUMENT}errors_of_the_tutorial_have_two_media_types_and_other_errors_are_problems",
        ],
    ),
    Mutant(
        "a POST without a valid body gets the 400 of a GET",
        ERRORS,
        "{**every_route, **own}.items()",
        "{**own, **every_route}.items()",
        [EXAMPLES],
    ),
    Mutant(
        "the document does not name the prefix",
        f"{PARTS}/servers.py",
        'if server["url"] == "/" else server',
        "if False else server",
        ["tests/integration/server/test_root_path.py"],
    ),
    Mutant(
        "FastAPI adds the prefix",
        f"{PARTS}/servers.py",
        "[Route(url, respond, include_in_schema=False), *others]",
        "[*app.router.routes, Route(url, respond, include_in_schema=False)]",
        ["tests/integration/server/test_root_path.py"],
    ),
]
