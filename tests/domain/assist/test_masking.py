"""What leaves is masked, and what comes back is what it was."""

from __future__ import annotations

import pytest

from harken.domain.assist.masking import Mask

LINES = [
    ("Call me on +31 6 1234 5678 please", "+31 6 1234 5678"),
    ("mail amara@example.org, thanks", "amara@example.org"),
    ("my card 4111 1111 1111 1111 was charged", "4111 1111 1111 1111"),
    ("IBAN NL91 ABNA 0417 1643 00", "NL91 ABNA 0417 1643 00"),
    ("born on 3 May 1984, does that matter?", "3 May 1984"),
    ("booking X7K2QP is mine", "X7K2QP"),
    ("@kofi.example can tell you", "@kofi.example"),
    ("This is Amara Okafor again", "Amara Okafor"),
    ("Amara here", "Amara"),
    ("ask Mrs Okafor's sister", "Okafor"),
]


@pytest.mark.parametrize(("text", "secret"), LINES)
def test_personal_data_does_not_leave_and_comes_back(text: str, secret: str) -> None:
    mask = Mask(["Amara Okafor", "@amara.example"])
    hidden = mask.hide(text)
    assert secret not in hidden
    assert mask.show(hidden) == text
    assert mask.hidden >= 1


def test_the_same_thing_is_the_same_placeholder_and_two_things_are_two() -> None:
    mask = Mask(["Amara"])
    hidden = mask.hide("Amara and @kofi, Amara and @zora")
    assert hidden == "[name-1] and [account-2], [name-1] and [account-3]"
    assert mask.hide("@zora") == "[account-3]"


def test_what_was_found_once_is_hidden_where_nothing_says_what_it_is() -> None:
    mask = Mask(["Amara"])
    mask.hide("My booking is X7K2QP")
    assert "X7K2QP" not in mask.hide("We look into X7K2QP now")


def test_our_own_addresses_and_accounts_are_no_secret() -> None:
    mask = Mask(["Amara"], ours=["help@meridian.example", "meridian.example", "+31 20 555 0100"])
    said = "@meridian.example: mail help@meridian.example or call +31 20 555 0100"
    assert mask.hide(said) == said


def test_a_placeholder_a_stranger_wrote_shows_nothing_of_anybody() -> None:
    mask = Mask(["Amara"])
    mask.hide("Amara")
    told = mask.hide("write [name-1] to me")
    assert "[name-1]" not in told
    assert mask.show(told) == "write [name-1] to me"


def test_a_small_word_that_is_also_a_name_stays() -> None:
    assert Mask(["Will Rose"]).hide("I will wait, a rose too") == "I will wait, a rose too"


def test_a_customer_with_the_name_of_a_placeholder_breaks_none() -> None:
    mask = Mask(["phone name", "example.phone"])
    text = "phone me on +31 6 1234 5678, example, says phone name"
    assert mask.show(mask.hide(text)) == text
    assert "+31" not in mask.hide(text)


def test_a_placeholder_nobody_made_stays_as_it_is() -> None:
    assert Mask([]).show("ask [phone-9]") == "ask [phone-9]"
