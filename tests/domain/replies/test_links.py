"""A worker looks at links; the check reads what it saw."""

from __future__ import annotations

import uuid
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from harken.domain.replies.checks import links
from harken.domain.replies.checks.port import Severity
from harken.domain.replies.models_checks import LinkLook
from harken.domain.replies.queries_reading import reading_of
from harken.domain.replies.services.checked import reread, want_looked_at
from harken.domain.replies.services.send import send
from harken.domain.replies.tasks import look
from harken.kit.http import allow_private_hosts, client


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status = int(self.path.rpartition("/")[2])
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def site():
    server = HTTPServer(("127.0.0.1", 0), _Pages)
    Thread(target=server.serve_forever, daemon=True).start()
    former = allow_private_hosts(["127.0.0.1"])
    yield f"http://127.0.0.1:{server.server_port}"
    allow_private_hosts(former)
    server.shutdown()


def seen(url: str) -> tuple[bool | None, str]:
    row = LinkLook.objects.get(url=url)
    assert row.looked_at is not None
    return row.is_alive, row.detail


@pytest.mark.django_db
def test_pages_that_answer_live_and_missing_ones_do_not(site: str) -> None:
    want_looked_at(f"{site}/200 {site}/302 {site}/404 {site}/503 {site}/403")
    with client() as http:
        assert look(http) == 5
        assert look(http) == 0
    assert seen(f"{site}/200") == (True, "")
    assert seen(f"{site}/302")[0] is True
    assert seen(f"{site}/404") == (False, "the page is not there (404)")
    assert seen(f"{site}/503")[0] is None
    assert seen(f"{site}/403")[0] is None


@pytest.mark.django_db
def test_a_link_into_the_own_network_is_never_asked_for(site: str) -> None:
    allow_private_hosts([])
    want_looked_at(f"{site}/200 and https://127.0.0.1:1/404")
    with client() as http:
        look(http)
    assert seen(f"{site}/200") == (None, "an address that is not looked at")
    assert seen("https://127.0.0.1:1/404")[0] is None


def test_a_dead_link_is_found_before_the_answer_leaves(company, receive, site: str) -> None:
    conversation = receive()
    text = f"Amara, it says so here: {site}/404"
    want_looked_at(text)
    with client() as http:
        look(http)
    found = list(links.look(reading_of(conversation, text, by=company.mika)))
    assert [each.why for each in found] == ["The link does not work: the page is not there (404)."]


def test_a_link_nobody_has_looked_at_is_a_note_and_stops_nothing(company, receive) -> None:
    conversation = receive("My parcel is late.")
    text = "Amara, today, it says so on our page: https://meridian.example/today"
    found = reread(conversation, body=text, client_key=uuid.uuid4(), by=company.mika)
    assert [(each.check.key, each.severity) for each in found] == [("links", Severity.NOTE)]
    send(conversation, body=text, client_key=uuid.uuid4(), by=company.mika, confirmed=[])
