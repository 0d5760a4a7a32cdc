"""The quick ways of reading a text say what the thorough ones say."""

from __future__ import annotations

import sys
import unicodedata
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from harken.domain.listening.language import folding
from harken.domain.listening.language.folding import fold, lowered
from harken.domain.listening.language.reading import Reading, scannable
from tests.domain.listening import chance as by_chance

MARKS = [c for c in map(chr, range(0x80, sys.maxunicode)) if unicodedata.category(c)[0] == "M"]


def test_no_mark_that_stays_joins_an_ascii_character() -> None:
    around = "az09=<> #@"
    assert len(MARKS) > 2_000
    apart = [c.lower() + fold(mark) for mark in MARKS for c in around]
    assert [folding._folded(c + mark) for mark in MARKS for c in around] == apart


def test_a_character_that_folds_alone_does_so_beside_any_other_such() -> None:
    """Signs that stay, letters that become ASCII, and marks that vanish, before and after each."""
    alone = [c for c in map(chr, range(0x80, 0xD800)) if folding._alone[c] is not None]
    alone += [
        c for c in map(chr, range(0xE000, sys.maxunicode + 1)) if folding._alone[c] is not None
    ]
    assert len(alone) > 5_000
    for around in ("é", "👍", "\u0301", "™", "½", "≠", "\u200d", "aZ"):
        apart = [fold(around) + fold(c) + fold(around) for c in alone]
        assert [folding._folded(around + c + around) for c in alone] == apart


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("aZ #é™👍ﬁ½İ\u0301"))))
def test_a_text_is_folded_in_parts_as_it_is_as_a_whole(text: str) -> None:
    assert fold(text) == folding._folded(text)


def test_a_single_form_is_found_where_all_forms_have_it() -> None:
    chance = Random(7)
    forms = {form for _ in range(300) for form in Reading(by_chance.post(chance).text).forms}
    asked, found = [*sorted(forms), "lark", "#sky", "ay", "東京", "@sky"], 0
    for _ in range(150):
        text = by_chance.post(chance).text
        every = Reading(text).forms
        for form in asked:
            assert Reading(text, scanned_plainly(text)).has(form) == (form in every), (form, text)
            found += form in every
    assert found > 500


def scanned_plainly(text: str) -> str | None:
    """What the automaton read, as the matcher hands it on; not where hashtags are joined words."""
    folded = lowered(scannable(text))
    return None if "@" in folded or "_" in folded or "\x1f" in folded else folded
