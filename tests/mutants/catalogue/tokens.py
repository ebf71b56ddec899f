"""Mistakes in the verification of tokens, and in the reading of the issuer's keys."""

from tests.mutants.mutant import Mutant

TOKENS = "adapters/tokens"
AUTHENTICATOR = f"{TOKENS}/authenticator.py"
VERIFICATION = f"{TOKENS}/verification.py"
VERIFIED = f"{TOKENS}/verified_tokens.py"
KEY_SET = f"{TOKENS}/key_set.py"
PUBLISHED = f"{TOKENS}/published_keys.py"
HTTP_GET = f"{TOKENS}/http_get.py"
SOURCES = f"{TOKENS}/sources.py"

TESTS = "tests/unit/tokens"
AUTHENTICATION = f"{TESTS}/test_authenticator.py"
CLAIMS = f"{TESTS}/test_claims.py"
FORGED = f"{TESTS}/test_forged_tokens.py"
CACHE = f"{TESTS}/test_verified_tokens.py"
KEYS = f"{TESTS}/test_key_set.py"
READING = f"{TESTS}/test_published_keys.py"
FILES = f"{TESTS}/test_sources.py"
FETCHING = "tests/integration/tokens/test_http_get.py"

MUTANTS = [
    Mutant(
        "signatures are not verified",
        VERIFICATION,
        '    "enforce_minimum_key_length": True,\n',
        '    "verify_signature": False,\n',
        [FORGED],
    ),
    Mutant(
        "tokens for other audiences are accepted",
        VERIFICATION,
        '    "enforce_minimum_key_length": True,\n',
        '    "verify_aud": False,\n',
        [CLAIMS],
    ),
    Mutant(
        "tokens of other issuers are accepted",
        VERIFICATION,
        "                issuer=self._issuer,\n",
        "",
        [CLAIMS],
    ),
    Mutant(
        "tokens need no expiry",
        VERIFICATION,
        '["exp", "iss", "aud", "sub"]',
        '["iss", "aud", "sub"]',
        [CLAIMS],
    ),
    Mutant(
        "clocks may differ by more than a minute",
        VERIFICATION,
        "LEEWAY = 30",
        "LEEWAY = 300",
        [CLAIMS],
    ),
    Mutant(
        "any document that the issuer has signed is a token",
        VERIFICATION,
        "not isinstance(type_, str) or type_.lower() not in TYPES",
        "False",
        [CLAIMS],
    ),
    Mutant(
        "a subject may have several lines",
        VERIFICATION,
        " or not subject.isprintable()",
        "",
        [CLAIMS],
    ),
    Mutant(
        "a principal's id may be too long to be stored",
        VERIFICATION,
        "MAX_SUBJECT = 255 - len(PREFIX)",
        "MAX_SUBJECT = 255",
        [CLAIMS],
    ),
    Mutant(
        "all scopes of a token are cached",
        VERIFICATION,
        "self._scopes.select_known(names)",
        "frozenset(names)",
        [CLAIMS],
    ),
    Mutant(
        "a deep header is an error",
        VERIFICATION,
        "except (ValueError, RecursionError):",
        "except ValueError:",
        [FORGED],
    ),
    Mutant(
        "long tokens are read",
        AUTHENTICATOR,
        "len(credential) > MAX_TOKEN or ",
        "",
        [AUTHENTICATION],
    ),
    Mutant(
        "a token outside of ASCII is an error",
        AUTHENTICATOR,
        " or not credential.isascii()",
        "",
        [AUTHENTICATION],
    ),
    Mutant(
        "verified tokens survive their key",
        AUTHENTICATOR,
        "            self._verified.clear()\n",
        "",
        [AUTHENTICATION],
    ),
    Mutant(
        "forged tokens are stored",
        AUTHENTICATOR,
        "        if verified is None:\n            return None\n        self._verified.add",
        "        self._verified.add",
        [AUTHENTICATION],
    ),
    Mutant(
        "every refused token has the keys read again",
        AUTHENTICATOR,
        "if not keys.has(header.key_id):",
        "if True:",
        [AUTHENTICATION],
    ),
    Mutant(
        "without keys every token is wrong",
        AUTHENTICATOR,
        "            raise AuthenticationUnavailable(",
        "            return None\n            raise AuthenticationUnavailable(",
        [AUTHENTICATION],
    ),
    Mutant(
        "a stored token never expires",
        VERIFIED,
        "if self._clock() >= found.expires_at:",
        "if False:",
        [CACHE],
    ),
    Mutant(
        "the cache has no maximum",
        VERIFIED,
        "if len(self._tokens) >= MAX_VERIFIED_TOKENS:",
        "if False:",
        [CACHE],
    ),
    Mutant(
        "the token that was used last is replaced",
        VERIFIED,
        "        self._tokens.move_to_end(token)\n",
        "",
        [CACHE],
    ),
    Mutant(
        "published private keys are used",
        KEY_SET,
        '"d" not in member\n        and ',
        "",
        [KEYS],
    ),
    Mutant(
        "keys for encryption are used",
        KEY_SET,
        '        and member.get("use", "sig") == "sig"\n',
        "",
        [KEYS],
    ),
    Mutant(
        "a key verifies any algorithm of its type",
        KEY_SET,
        "if named is None or named == algorithm",
        "if True",
        [KEYS],
    ),
    Mutant(
        "weak and slow keys are used",
        KEY_SET,
        "return key if _has_usable_size(key.key) else None",
        "return key",
        [KEYS],
    ),
    Mutant(
        "every key of a set is found without an id",
        KEY_SET,
        "if len(usable) == 1:",
        "if True:",
        [KEYS],
    ),
    Mutant(
        "a set without keys is accepted",
        KEY_SET,
        "    if not usable:\n",
        "    if False:\n",
        [KEYS, READING],
    ),
    Mutant(
        "a set may have any number of keys",
        KEY_SET,
        "members[:MAX_KEYS]",
        "members",
        [KEYS],
    ),
    Mutant(
        "the keys are dropped while the issuer is unreachable",
        PUBLISHED,
        "            self._report(error)\n",
        "            self.current = None\n            self._report(error)\n",
        [READING],
    ),
    Mutant(
        "unknown keys are requested at any rate",
        PUBLISHED,
        "        await asyncio.sleep(self._source.min_interval)\n",
        "        await asyncio.sleep(0)\n",
        [READING],
    ),
    Mutant(
        "a request for a key is forgotten while the keys are read",
        PUBLISHED,
        "                self._attempted.set()\n",
        "                self._wanted.clear()\n                self._attempted.set()\n",
        [READING],
    ),
    Mutant(
        "an unexpected error ends the reading",
        PUBLISHED,
        "        except Exception:\n",
        "        except MemoryError:\n",
        [READING],
    ),
    Mutant(
        "an application that starts again does not read the keys again",
        PUBLISHED,
        "            self._wanted, self._attempted = asyncio.Event(), asyncio.Event()\n",
        "            pass\n",
        [READING],
    ),
    Mutant(
        "each failure of an outage is logged",
        PUBLISHED,
        "        self._has_failed = True\n",
        "",
        [READING],
    ),
    Mutant(
        "a slow server has all the time it wants",
        HTTP_GET,
        "asyncio.timeout(self._timeout)",
        "asyncio.timeout(None)",
        [FETCHING],
    ),
    Mutant(
        "a response has no maximum",
        HTTP_GET,
        "if len(received) > maximum:",
        "if False:",
        [FETCHING],
    ),
    Mutant(
        "errors are documents too",
        HTTP_GET,
        "if response.status != HTTPStatus.OK:",
        "if False:",
        [FETCHING],
    ),
    Mutant(
        "an enormous chunk is an error",
        HTTP_GET,
        "except (HTTPException, ValueError, OverflowError):",
        "except (HTTPException, ValueError):",
        [FETCHING],
    ),
    Mutant(
        "certificates are not verified",
        HTTP_GET,
        "ssl.create_default_context() if",
        "ssl._create_unverified_context() if",
        [FETCHING],
    ),
    Mutant(
        "the query of the URL is logged",
        SOURCES,
        'urlsplit(url)._replace(query="").geturl()',
        "url",
        [FILES],
    ),
    Mutant(
        "a named pipe blocks the service",
        SOURCES,
        "if not self._path.is_file():",
        "if not self._path.exists():",
        [FILES],
    ),
]
