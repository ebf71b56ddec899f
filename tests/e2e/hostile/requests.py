"""The catalogue of hostile inputs: targets, methods and headers that are valid HTTP."""

from tests.e2e.raw_http import JSON, posted, request

HERO = b'{"name":"N","secret_name":"S"}'


def _hero(hero_id: bytes) -> bytes:
    return request(b"/heroes/" + hero_id)


def _page(query: bytes) -> bytes:
    return request(b"/heroes/?" + query)


def _with(*headers: bytes) -> bytes:
    return request(b"/heroes/?limit=1", *headers)


def _sent_as(method: bytes, target: bytes = b"/heroes/") -> bytes:
    return request(target, method=method)


TARGETS: dict[str, bytes] = {
    "an id beyond int64": _hero(b"9223372036854775808"),
    "an id of 5000 digits": _hero(b"9" * 5000),
    "an id of 60000 letters": _hero(b"a" * 60_000),
    "an id with a NUL": _hero(b"1%00"),
    "an id with a line end": _hero(b"1%0d%0aSet-Cookie:%20a=b"),
    "an id in Arabic digits": _hero(b"%D9%A1"),
    "an id of invalid UTF-8": _hero(b"%ff%fe"),
    "an id with a surrogate": _hero(b"%ED%A0%80"),
    "an id that is NaN": _hero(b"NaN"),
    "an id with an exponent": _hero(b"1e308"),
    "an id with SQL": _hero(b"1%20OR%201=1"),
    "an id with a parameter": _hero(b"1;v=2"),
    "an id with a fragment": _hero(b"1%23"),
    "a percent sign alone": _hero(b"%"),
    "a percent sign and no hex": _hero(b"%zz"),
    "a percent sign escaped twice": _hero(b"%2500"),
    "an escaped slash": _hero(b"1%2f2"),
    "only escaped slashes": request(b"%2fheroes%2f".replace(b"%2f", b"/%2f", 1)),
    "an escaped path": request(b"/%68%65%72%6f%65%73/?limit=1"),
    "an overlong escaped slash": _hero(b"%c0%af"),
    "a parent directory": _hero(b"../../etc/passwd"),
    "an escaped parent directory": _hero(b"%2e%2e/%2e%2e/etc/passwd"),
    "a backslash": _hero(b"..%5c..%5cwindows"),
    "1000 slashes": request(b"/" * 1000),
    "10000 segments": request(b"/a" * 10_000),
    "another host's path": request(b"//evil.example/heroes"),
    "a slash too many, and a line end": _hero(b"1%0d%0aX:%20y/"),
    "a redirect of invalid UTF-8": _hero(b"%ff/"),
    "a redirect with a query of escapes": request(b"/heroes?%0d%0a=%ff%00"),
    "a limit of NaN": _page(b"limit=NaN"),
    "a limit of 5000 digits": _page(b"limit=" + b"9" * 5000),
    "a limit with a NUL": _page(b"limit=1%00"),
    "an offset beyond int64": _page(b"offset=9223372036854775808"),
    "the largest offset": _page(b"offset=9223372036854775807"),
    "a query of invalid UTF-8": _page(b"limit=%ff&%fe=%80"),
    "a query of ampersands": _page(b"&" * 60_000),
    "a query of equal signs": _page(b"=" * 60_000),
    "10000 parameters": _page(b"&".join(b"a%d=1" % n for n in range(8000))),
    "2000 limits": _page(b"&".join([b"limit=1"] * 2000)),
    "a query of semicolons": _page(b"limit=1;offset=x"),
    "a query of question marks": _page(b"?" * 1000),
    "a query with brackets": _page(b"limit[]=1&limit[$gt]=2"),
    "an absolute target": request(b"http://evil.example/heroes/?limit=1"),
    "an absolute target of another scheme": request(b"ftp://evil.example/heroes/?limit=1"),
    "an absolute target with a password": request(b"http://a:b@evil.example/heroes/"),
    "an absolute target that redirects": request(b"http://evil.example/heroes"),
    "the server itself": _sent_as(b"OPTIONS", b"*"),
    "the server itself, read": _sent_as(b"GET", b"*"),
}

METHODS: dict[str, bytes] = {
    method.decode(): _sent_as(method)
    for method in (
        *(b"PUT", b"TRACE", b"CONNECT", b"PROPFIND", b"PURGE", b"LINK", b"SEARCH", b"QUERY"),
        *(b"MKCOL", b"LOCK", b"REPORT", b"M-SEARCH", b"SOURCE", b"NOTIFY", b"ACL"),
    )
} | {
    "POST to a hero": _sent_as(b"POST", b"/heroes/1"),
    "PATCH without an id": _sent_as(b"PATCH"),
    "DELETE of all heroes": _sent_as(b"DELETE"),
    "DELETE of the documentation": _sent_as(b"DELETE", b"/openapi.json"),
    "PUT to no resource": _sent_as(b"PUT", b"/%ff"),
    "another method in a header": posted(HERO, b"X-HTTP-Method-Override: DELETE"),
}

HEADERS: dict[str, bytes] = {
    "2000 headers": _with(*(b"X-%d: y" % n for n in range(2000))),
    "2000 times one header": _with(*[b"Accept: text/html"] * 2000),
    "a header of 1 MiB": _with(b"X: " + b"a" * 2**20),
    "a header name of 60000 letters": _with(b"X" * 60_000 + b": y"),
    "a header of bytes": _with(b"X: " + bytes(range(128, 256))),
    "an Accept of nonsense": _with(b"Accept: ;q=,,/*;q=NaN, */*;q=1e999"),
    "an Accept of 10000 types": _with(b"Accept: " + b"a/b;q=0.1," * 10_000),
    "an Accept of 6000 types, read": request(b"/heroes/0", b"Accept: " + b"a/b;q=0.1," * 6000),
    "an Accept of nonsense, read": request(b"/heroes/0", b"Accept: ;q=,,/*;q=NaN, */*;q=1e999"),
    "an Accept of open quotes, read": request(b"/heroes/0", b"Accept: a/b;" + b',"' * 30_000),
    "an Accept of semicolons, read": request(b"/heroes/0", b"Accept: a/b" + b" ; " * 20_000),
    "an Accept of bytes, read": request(b"/heroes/0", b"Accept: " + bytes(range(128, 256))),
    "a Range": _with(b"Range: bytes=-1,5-2,99999999999999999999-"),
    "broken conditions": _with(b'If-Match: "', b"If-None-Match: ,,W/", b"If-Modified-Since: x"),
    "a broken Prefer": _with(b'Prefer: count="exact;;=,', b"Prefer: wait=-1"),
    "an Idempotency-Key of bytes": posted(HERO, b"Idempotency-Key: \xff\xfe"),
    "an Idempotency-Key of 100000 letters": posted(HERO, b"Idempotency-Key: " + b"k" * 100_000),
    "a Cookie of nonsense": _with(b"Cookie: =;;=a;\xff=\xff;" + b"a=b;" * 5000),
    "a forwarded host": _with(b"X-Forwarded-Host: evil", b"X-Forwarded-For: \xff, 999.1.1.1"),
    "a forwarded protocol": _with(b"X-Forwarded-Proto: javascript", b"Forwarded: for=[;proto="),
    "a forwarded path": request(b"/docs", b"X-Forwarded-Prefix: /<script>"),
    "no host": request(host=b"X-Host: none"),
    "two hosts": request(host=b"Host: a\r\nHost: b"),
    "an empty host": request(host=b"Host:"),
    "half an IPv6 host": request(b"/heroes", host=b"Host: [::1", method=b"PUT"),
    "a host of bytes": request(b"/heroes/", host=b"Host: \xe2\x84\x80\xff", method=b"PUT"),
    "a host with a path": request(b"/heroes/", host=b"Host: a/b?c#d@e", method=b"PUT"),
    "a port too high": request(b"/heroes", host=b"Host: a:99999999999"),
    "a host that would end the header": request(b"/heroes", host=b"Host: a%0d%0aX: y"),
    "an upgrade to a web socket": _with(
        b"Connection: Upgrade",
        b"Upgrade: websocket",
        b"Sec-WebSocket-Version: 13",
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ),
    "an upgrade to HTTP/2": _with(
        b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQAAP__"
    ),
    "an upgrade to nothing": _with(b"Connection: Upgrade", b"Upgrade:"),
    "an upgrade without Connection": _with(b"Upgrade: h2c"),
    "an upgrade with a body": posted(HERO, b"Connection: Upgrade", b"Upgrade: h2c"),
    "an expectation of 100": posted(HERO, b"Expect: 100-continue"),
    "an expectation of 100 without a body": _with(b"Expect: 100-continue"),
    "an expectation that can't be met": posted(HERO, b"Expect: 418-teapot"),
    "an expectation, and a body too large": request(
        b"/heroes/", JSON, b"Content-Length: 99999", b"Expect: 100-continue", method=b"POST"
    ),
    "a body too large that never comes": request(
        b"/heroes/", JSON, b"Content-Length: 18446744073709551615", method=b"POST"
    ),
    "a length with leading zeros": request(
        b"/heroes/", JSON, b"Content-Length: %030d" % len(HERO), method=b"POST", body=HERO
    ),
    "Connection: nonsense": _with(b"Connection: ,,Host, Content-Length,\xff"),
    "Keep-Alive: -1": _with(b"Connection: keep-alive", b"Keep-Alive: timeout=-1, max=x"),
    "a TE of everything": _with(b"TE: trailers, deflate;q=NaN", b"Trailer: Content-Length"),
}
