"""Mistakes in compiled routes: where they would differ from FastAPI's."""

from tests.mutants.mutant import Mutant

COMPILED = "entrypoints/http/compiled"
ROUTE = f"{COMPILED}/route.py"
HANDLER = f"{COMPILED}/handler.py"
DEPENDENCIES = f"{COMPILED}/dependencies.py"
PARAMETERS = f"{COMPILED}/parameters.py"
BODY = f"{COMPILED}/body.py"
JSON_BODY = f"{COMPILED}/json_body.py"
NESTING = "entrypoints/http/compiled/json_nesting.py"
CHECKS = f"{COMPILED}/checks.py"
SCOPES = f"{COMPILED}/scopes.py"

UNIT = "tests/unit/http/compiled"
ROUTES = [f"{UNIT}/test_routes.py"]
EXITS = [f"{UNIT}/test_exits.py"]
LEFT = [f"{UNIT}/test_left.py"]
JSON = [f"{UNIT}/test_json_body.py"]
DEPTHS = ["tests/unit/http/compiled/test_json_nesting.py"]

MUTANTS = [
    Mutant(
        "an override is ignored",
        HANDLER,
        "if app.dependency_overrides or get_telemetry_data() is not None:",
        "if get_telemetry_data() is not None:",
        LEFT,
    ),
    Mutant(
        "a traced request has no spans of its operations",
        HANDLER,
        "if app.dependency_overrides or get_telemetry_data() is not None:",
        "if app.dependency_overrides:",
        LEFT,
    ),
    Mutant(
        "a body limit of Starlette is 400",
        HANDLER,
        "if MAX_BODY_SIZE_SCOPE_KEY in request.scope:",
        "if not MAX_BODY_SIZE_SCOPE_KEY:",
        LEFT,
    ),
    Mutant(
        "errors do not have the body",
        HANDLER,
        "body = None if body is PydanticUndefined else body",
        "body = None",
        ROUTES,
    ),
    Mutant(
        "what is not a response is sent as one",
        HANDLER,
        "if isinstance(returned, Response):",
        "if returned is not None:",
        ROUTES,
    ),
    Mutant(
        "an error that a dependency hides is answered",
        HANDLER,
        "            del response  # FastAPI",
        "            response = Response()  # FastAPI",
        EXITS,
    ),
    Mutant(
        "the body is validated before the query",
        HANDLER,
        "        for read in parameters:\n            read(request, values, errors)\n"
        "        if add_body:\n            await add_body(solved[BODY], values, errors)\n",
        "        if add_body:\n            await add_body(solved[BODY], values, errors)\n"
        "        for read in parameters:\n            read(request, values, errors)\n",
        ROUTES,
    ),
    Mutant(
        "the inclusion's dependencies are not called",
        ROUTE,
        "is_included = context is not None and context.original_route is route",
        "is_included = False",
        LEFT,
    ),
    Mutant(
        "an application compiles routes though it says otherwise",
        ROUTE,
        "if app is None or not is_switched_on(app):",
        "if app is None:",
        LEFT,
    ),
    Mutant(
        "a dependency is called each time that it is declared",
        DEPENDENCIES,
        "if key not in self.places:",
        "if key:",
        ROUTES,
    ),
    Mutant(
        "exits are not shielded from scopes of anyio",
        DEPENDENCIES,
        "cleanup.shield = True",
        "pass",
        EXITS,
    ),
    Mutant(
        "no task is in a scope of anyio",
        SCOPES,
        "return state is not None and state.cancel_scope is not None",
        "return False",
        EXITS,
    ),
    Mutant(
        "a dependency that lasts as long as the request is exited before the response",
        DEPENDENCIES,
        'if is_generator(call) and dependant.scope != "function":',
        "if is_generator(call) and not dependant.call:",
        ROUTES,
    ),
    Mutant(
        "parameters of a dependency are not read",
        DEPENDENCIES,
        "if any(getattr(dependant, each) for each in FIELDS):",
        "if any(getattr(dependant, each) for each in ()):",
        ROUTES,
    ),
    Mutant(
        "a parameter that is missing is null",
        PARAMETERS,
        "return set_default if is_fixed and isinstance(default, SHARED) else ask_fastapi",
        "return set_default",
        ROUTES,
    ),
    Mutant(
        "a list of parameters is read as its last",
        PARAMETERS,
        "return isinstance(annotation, type) and issubclass(annotation, SCALARS)",
        "return True",
        ROUTES,
    ),
    Mutant(
        "JSON of any type of text is parsed",
        BODY,
        'is_json = subtype == "json" or subtype.endswith("+json")',
        'is_json = subtype == "json"',
        ROUTES,
    ),
    Mutant(
        "a body that cannot be read breaks the request",
        BODY,
        "raise HTTPException(400, READ_ERROR) from error",
        "raise",
        ROUTES,
    ),
    Mutant(
        "a compiled route parses JSON as deep as Python does",
        BODY,
        "        check_nesting(content)\n",
        "",
        JSON,
    ),
    Mutant(
        "a route that is left to FastAPI parses JSON as deep as Python does",
        ROUTE,
        "own if declared.body_field is None else read_json_alike(own)",
        "own",
        JSON,
    ),
    Mutant(
        "a request keeps a reference to itself",
        JSON_BODY,
        "del request.json  #",
        "pass  #",
        JSON,
    ),
    Mutant(
        "brackets in strings count as nesting",
        NESTING,
        '_STRING.sub(b"", _encode(content))',
        "_encode(content)",
        DEPTHS,
    ),
    Mutant(
        "the brackets of UTF-16 are those of its bytes",
        NESTING,
        "_encode(content))",
        "content)",
        DEPTHS,
    ),
    Mutant(
        "a string without its closing quote is searched again from each quote",
        NESTING,
        "*+\"?', re.DOTALL)",
        "*+\"', re.DOTALL)",
        DEPTHS,
    ),
    Mutant(
        "the error of a trailing comma is located where Python locates it",
        JSON_BODY,
        "space.end() if space else error.pos",
        "error.pos",
        JSON,
    ),
    Mutant(
        "a new part of FastAPI is ignored",
        CHECKS,
        "if {each.name for each in fields(Dependant)} != PARTS:",
        "if not fields(Dependant):",
        LEFT,
    ),
    Mutant(
        "what another package puts around an endpoint is bypassed",
        CHECKS,
        "return not is_wrapped and sources ==",
        "return True or sources ==",
        LEFT,
    ),
]
