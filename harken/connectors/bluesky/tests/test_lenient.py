"""JSON that means harm; no network."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.connectors.bluesky import lenient
from harken.connectors.bluesky.items import USUAL_BYTES, packed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize("depth", [400, 2_000, 200_000])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_what_nests_too_deeply_becomes_null_and_the_rest_is_read(depth, opening, closing):
    deep = opening * depth + b"1" + closing * depth
    read = lenient.load(b'{"before": "] \\" [", "deep": ' + deep + b', "after": 2}')
    assert (read["before"], read["after"]) == ('] " [', 2)


@pytest.mark.parametrize("raw", [b"", b"{", b"[" * 100_000, b"]" * 10, b"nonsense"])
def test_what_is_no_json_is_a_value_error(raw):
    with pytest.raises(ValueError):
        lenient.load(raw)


def test_a_number_without_end_is_no_reason_to_stop():
    assert lenient.load(b'{"n": ' + b"9" * 10_000 + b', "m": 1}') == {"n": 0, "m": 1}


@given(JSON)
def test_ordinary_json_is_read_as_ever(value):
    assert lenient.load(json.dumps(value).encode()) == value


def test_an_item_that_somebody_blew_up_keeps_what_is_read_of_it():
    record = {"text": "Hello", "createdAt": "x", "padding": "x" * 900_000}
    raw = packed({"uri": "a", "record": record}, "mention", [{"uri": "b", "record": record}])
    assert len(raw) < USUAL_BYTES
    assert lenient.load(raw)["post"] == {"uri": "a", "record": {"text": "Hello", "createdAt": "x"}}
