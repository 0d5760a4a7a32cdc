"""The relay in front of a small real HTTP server."""

import asyncio
from typing import Any

import pytest

from harken.web.live.pages import PagesGone, Pool
from harken.web.live.relay import LARGEST_BODY, Relay


class Pages:
    """Answers each request with `answer`; remembers what it was sent."""

    def __init__(self, answer: bytes, *, close_after: bool = False) -> None:
        self.answer = answer
        self.close_after = close_after
        self.requests: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                break
            length = next(
                (
                    int(line.split(b":")[1])
                    for line in head.split(b"\r\n")
                    if line.lower().startswith(b"content-length")
                ),
                0,
            )
            self.requests.append(head + await reader.readexactly(length))
            writer.write(self.answer)
            await writer.drain()
            if self.close_after:
                break
        writer.close()


def answer(body: bytes = b"page", *headers: bytes) -> bytes:
    lines = [b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body), *headers, b"", body]
    return b"\r\n".join(lines)


def browse(
    *requests: dict[str, Any], pages: Pages | None = None, https: bool = False
) -> list[dict[str, Any]]:
    """Send requests one after the other through a relay; status, headers and body of each."""

    async def run() -> list[dict[str, Any]]:
        server = None
        address = "127.0.0.1:1"  # nobody listens there
        if pages is not None:
            server = await asyncio.start_server(pages.serve, "127.0.0.1", 0)
            address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        under_test = Relay(Pool(address), https=https)
        answers = [await one(under_test, **request) for request in requests]
        if server is not None:
            server.close()
        return answers

    return asyncio.run(run())


async def one(
    relay: Relay,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    body: list[bytes] | None = None,
) -> dict[str, Any]:
    scope = {
        "type": "http",
        "method": method,
        "raw_path": b"/inbox",
        "query_string": b"q=1",
        "client": ("203.0.113.9", 5),
        "headers": [
            (name.lower().encode(), value.encode())
            for name, value in ({"host": "desk.example"} | (headers or {})).items()
        ],
    }
    pieces = list(body or [b""])
    seen: dict[str, Any] = {"body": b""}

    async def receive() -> dict[str, Any]:
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            seen["status"], seen["headers"] = message["status"], dict(message["headers"])
        else:
            seen["body"] += message["body"]

    await relay(scope, receive, send)
    return seen


def test_a_page_comes_through_with_its_headers():
    pages = Pages(answer(b"page", b"Cache-Control: max-age=60", b"Connection: x-hop", b"X-Hop: 1"))
    (seen,) = browse({}, pages=pages)
    assert (seen["status"], seen["body"]) == (200, b"page")
    assert seen["headers"][b"cache-control"] == b"max-age=60"
    assert not {b"connection", b"x-hop"} & set(seen["headers"])


def test_who_asks_is_said_by_us_and_not_by_the_browser():
    pages = Pages(answer())
    lies = {"X-Forwarded-For": "10.0.0.1", "Forwarded": "for=10.0.0.1", "X-Real-IP": "10.0.0.1"}
    browse({"headers": lies | {"Connection": "X-Secret", "X-Secret": "1"}}, pages=pages)
    request = pages.requests[0].lower()
    assert request.startswith(b"get /inbox?q=1 http/1.1\r\nhost: desk.example\r\n")
    assert b"x-forwarded-for: 203.0.113.9\r\n" in request
    assert b"x-forwarded-proto: http\r\n" in request
    assert b"10.0.0.1" not in request
    assert b"x-secret" not in request


def test_behind_an_https_proxy_only_its_own_entry_is_believed():
    pages = Pages(answer())
    said = {"X-Forwarded-For": "10.0.0.1, 198.51.100.7"}
    browse({"headers": said}, pages=pages, https=True)
    assert b"x-forwarded-for: 198.51.100.7\r\n" in pages.requests[0]
    assert b"x-forwarded-proto: https\r\n" in pages.requests[0]


def test_a_body_in_pieces_arrives_whole():
    pages = Pages(answer())
    browse({"method": "POST", "body": [b"a" * 1000, b"b" * 1000]}, pages=pages)
    assert pages.requests[0].endswith(b"\r\n\r\n" + b"a" * 1000 + b"b" * 1000)


@pytest.mark.parametrize(
    "request_",
    [
        {"method": "POST", "headers": {"Content-Length": str(LARGEST_BODY + 1)}},
        {"method": "POST", "body": [b"x" * 600_000, b"x" * 600_000]},
    ],
)
def test_more_than_1_mb_is_refused_and_not_passed_on(request_):
    pages = Pages(answer())
    (seen,) = browse(request_, pages=pages)
    assert seen["status"] == 413
    assert pages.requests == []


def test_without_the_pages_a_browser_gets_a_page_that_tries_again():
    (seen,) = browse({"headers": {"Accept": "text/html,*/*"}})
    assert seen["status"] == 503
    assert b'http-equiv="refresh"' in seen["body"]
    assert b"<script" not in seen["body"]
    assert b"default-src 'none'" in seen["headers"][b"content-security-policy"]


def test_without_the_pages_a_form_gets_a_plain_503():
    (seen,) = browse({"method": "POST", "body": [b"a=1"]})
    assert seen["status"] == 503
    assert seen["headers"][b"content-type"].startswith(b"text/plain")


def test_one_connection_carries_many_requests():
    pages = Pages(answer())
    seen = browse({}, {}, {"method": "POST", "body": [b"x"]}, {}, pages=pages)
    assert [each["status"] for each in seen] == [200] * 4


def test_a_connection_that_died_while_idle_is_replaced():
    pages = Pages(answer(), close_after=True)
    seen = browse({}, {}, {"method": "POST", "body": [b"x"]}, pages=pages)
    assert [each["status"] for each in seen] == [200] * 3
    assert len(pages.requests) == 3


def test_a_form_is_never_sent_twice_when_the_pages_break_off():
    pages = Pages(b"", close_after=True)
    (seen,) = browse({"method": "POST", "body": [b"x"]}, pages=pages)
    assert seen["status"] == 503
    assert len(pages.requests) == 1


def test_head_ends_without_the_announced_body():
    pages = Pages(b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n")
    (seen,) = browse({"method": "HEAD"}, pages=pages)
    assert (seen["status"], seen["headers"][b"content-length"]) == (200, b"400")


def test_a_large_answer_is_streamed_unharmed():
    body = bytes(range(256)) * 20_000
    (seen,) = browse({}, pages=Pages(answer(body)))
    assert seen["body"] == body


def test_an_answer_that_is_cut_is_never_passed_off_as_whole():
    pages = Pages(b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\nhalf", close_after=True)
    with pytest.raises(PagesGone):
        browse({}, pages=pages)
