"""The catalogue of hostile inputs: bodies, in otherwise valid requests."""

import gzip

from tests.e2e.raw_http import CHUNKED, JSON, chunks, posted, request

HERO = b'{"name":"N","secret_name":"S"}'
TEXT = '{"name":"Ćwir 🦸","secret_name":"S"}'


def _named(text: bytes) -> bytes:
    return posted(b'{"name":%s,"secret_name":"S"}' % text)


def _aged(age: bytes) -> bytes:
    return posted(b'{"name":"N","secret_name":"S","age":%s}' % age)


def _chunked(body: bytes, *, method: bytes = b"POST", target: bytes = b"/heroes/") -> bytes:
    return request(target, JSON, CHUNKED, method=method, body=body)


BODIES: dict[str, bytes] = {
    "nothing": posted(b""),
    "white space": posted(b" \r\n\t "),
    "one NUL": posted(b"\x00"),
    "64 KiB of NULs": posted(b"\x00" * 65_536),
    "random-looking bytes": posted(bytes(range(256)) * 16),
    "broken JSON": posted(b'{"name":"N","secret_name"'),
    "two JSON documents": posted(HERO + HERO),
    "JSON with comments": posted(b"/* hero */" + HERO + b"// end"),
    "JSON in single quotes": posted(b"{'name':'N','secret_name':'S'}"),
    "JSON lines": posted(HERO + b"\n" + HERO),
    "an array of heroes": posted(b"[%s]" % HERO),
    "null": posted(b"null"),
    "a bare string": posted(b'"hero"'),
    "a bare NaN": posted(b"NaN"),
    "a bare number of 60000 digits": posted(b"9" * 60_000),
    "a field twice": posted(b'{"name":"A","name":null,"secret_name":"S"}'),
    "5000 unknown fields": posted(
        b'{"name":"N","secret_name":"S"%s}' % b"".join(b',"x%d":0' % n for n in range(5000))
    ),
    "an empty field name": posted(b'{"":0,"name":"N","secret_name":"S"}'),
    "a field name with a lone surrogate": posted(rb'{"\ud800":0,"name":"N","secret_name":"S"}'),
    "a field called __class__": posted(b'{"__class__":"x","__dict__":{},"name":"N"}'),
    "a field called self": posted(b'{"self":1,"uow":2,"cls":3,"name":"N","secret_name":"S"}'),
    "a NUL escaped": _named(rb'"\u0000"'),
    "a NUL as it is": _named(b'"\x00"'),
    "a line feed as it is": _named(b'"a\nb"'),
    "a lone high surrogate": _named(rb'"\ud83d"'),
    "a lone low surrogate": _named(rb'"\ude00"'),
    "surrogates in the wrong order": _named(rb'"\ude00\ud83d"'),
    "a broken escape": _named(rb'"\u12"'),
    "an unknown escape": _named(rb'"\x41"'),
    "the last code point": _named('"\U0010ffff"'.encode()),
    "text that runs from right to left": _named('"\u202e\u2066evil"'.encode()),
    "500 combining accents": _named(b'"e%s"' % ("\u0301" * 500).encode()),
    "a name of 60000 characters": _named(b'"%s"' % (b"a" * 60_000)),
    "a name of 10000 escapes": _named(b'"%s"' % (rb"\u0061" * 10_000)),
    "a name that is an object": _named(b'{"$ne":null}'),
    "a name that is a number": _named(b"1e999999"),
    "a name with SQL": _named(b'"\'); DROP TABLE hero; --"'),
    "a name with a format": _named(b'"%s %(id)s {0} {hero.__class__} ${jndi:ldap://x}"'),
    "an age of 5000 digits": _aged(b"9" * 5000),
    "an age of 5000 digits in a string": _aged(b'"%s"' % (b"9" * 5000)),
    "an age of 4300 digits": _aged(b"9" * 4300),
    "an age beyond int64": _aged(b"9223372036854775808"),
    "an age beyond a double": _aged(b"1e400"),
    "an age with a huge exponent": _aged(b"1e99999999999999999999"),
    "an age with 60000 decimals": _aged(b"1.%s1" % (b"0" * 60_000)),
    "an age of NaN": _aged(b"NaN"),
    "an age of -Infinity": _aged(b"-Infinity"),
    "an age in Arabic digits": _aged('"١٢"'.encode()),
    "an age that is an object": _aged(b'{"__int__":1}'),
    "10000 arrays, one in another": posted(b"[" * 10_000 + b"]" * 10_000),
    "30000 arrays never closed": posted(b"[" * 30_000),
    "10000 objects, one in another": posted(b'{"a":' * 10_000 + b"1" + b"}" * 10_000),
    "an unknown field 990 deep": posted(
        b'{"name":"N","secret_name":"S","x":%s%s}' % (b"[" * 990, b"]" * 990)
    ),
    "a name 20000 deep": _named(b"[" * 20_000 + b"]" * 20_000),
    "20000 quotes": posted(b'"' * 20_000),
    "20000 backslashes": _named(b'"%s"' % (b"\\" * 20_001)),
    "UTF-8 with a byte order mark": posted(b"\xef\xbb\xbf" + HERO),
    "UTF-16 with a byte order mark": posted(TEXT.encode("utf-16")),
    "UTF-16, little-endian": posted(TEXT.encode("utf-16-le")),
    "UTF-16, big-endian": posted(TEXT.encode("utf-16-be")),
    "UTF-16 cut in a character": posted(TEXT.encode("utf-16")[:-1]),
    "UTF-32": posted(TEXT.encode("utf-32")),
    "UTF-7": posted(TEXT.encode("utf-7")),
    "Latin-1": posted('{"name":"é","secret_name":"S"}'.encode("latin-1")),
    "EBCDIC": posted(HERO.decode().encode("cp500")),
    "UTF-8 cut in a character": posted(TEXT.encode()[:-30]),
    "an overlong NUL": _named(b'"\xc0\x80"'),
    "a surrogate in UTF-8": _named(b'"\xed\xa0\x80"'),
    "a code point too high": _named(b'"\xf4\x90\x80\x80"'),
    "just a byte order mark": posted(b"\xff\xfe"),
    "gzip, as it says": posted(gzip.compress(HERO, mtime=0), b"Content-Encoding: gzip"),
    "JSON that says it is gzip": posted(HERO, b"Content-Encoding: gzip"),
    "no content type": posted(HERO, type_=b"X-Type: none"),
    "an empty content type": posted(HERO, type_=b"Content-Type:"),
    "a content type of bytes": posted(HERO, type_=b"Content-Type: \xff\xfe/\x80"),
    "two content types": posted(HERO, b"Content-Type: text/plain"),
    "an unknown charset": posted(HERO, type_=b"Content-Type: application/json; charset=klingon"),
    "a form": posted(b"name=N&secret_name=S", type_=b"Content-Type: x-www-form-urlencoded"),
    "a multipart form": posted(b"--x\r\n\r\n", type_=b"Content-Type: multipart/form-data"),
    "XML": posted(b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///">]>', type_=b"Content-Type: text/xml"),
    "one byte too many": posted(b" " * 65_537),
    "ten megabytes": posted(b"x" * 10_000_000),
    "ten megabytes in chunks": _chunked(chunks(*[b"x" * 100_000] * 100)),
    "ten megabytes in a GET": _chunked(chunks(b"x" * 10_000_000), method=b"GET"),
    "60000 chunks of one byte": _chunked(chunks(*[b" "] * 60_000)),
    "no chunks": _chunked(chunks()),
    "a chunk with a long extension": _chunked(b"2;" + b"a" * 100_000 + b"\r\n{}\r\n0\r\n\r\n"),
    "10000 trailers": _chunked(b"0\r\n" + b"X: y\r\n" * 10_000 + b"\r\n"),
    "trailers with a length": _chunked(b"2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n"),
    "a body on DELETE": _chunked(chunks(HERO), method=b"DELETE", target=b"/heroes/0"),
    "a body on HEAD": _chunked(chunks(HERO), method=b"HEAD"),
    "a body on OPTIONS": _chunked(chunks(b"x" * 100_000), method=b"OPTIONS"),
}
"""The name of each body, and the whole request."""
