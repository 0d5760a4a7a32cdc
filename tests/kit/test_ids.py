"""What a form or an address may say, and which number that is."""

from __future__ import annotations

import pytest

from harken.kit.ids import id_in, number_in


@pytest.mark.parametrize(
    ("text", "number"), [("7", 7), ("007", 7), ("0", 0), ("9" * 18, 10**18 - 1)]
)
def test_plain_digits_are_a_number(text, number):
    assert number_in(text) == id_in(text) == number


@pytest.mark.parametrize("text", [None, "", " 7", "-7", "7.0", "1e3", "seven", "٧", "²", "9" * 19])
def test_anything_else_is_none_and_no_row(text):
    assert number_in(text) is None
    assert id_in(text) == 0
