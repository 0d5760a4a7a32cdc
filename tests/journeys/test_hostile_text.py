"""What strangers write is shown and never obeyed: in list, thread, search, contact, title."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from harken.connectors.loopback.wire import Person, Picture
from tests.journeys.conftest import Visit
from tests.journeys.house import House, until

pytestmark = pytest.mark.journey

VECTORS = [
    "<script>window.pwned=1</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=window.pwned=1>",
    "<svg/onload=window.pwned=1>",
    "<svg><script>window.pwned=1</script></svg>",
    "<body onload=window.pwned=1>",
    "<iframe src=javascript:window.pwned=1></iframe>",
    "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
    "<a href=javascript:window.pwned=1>press</a>",
    "<math><mi xlink:href=javascript:window.pwned=1>m</mi></math>",
    "<details open ontoggle=window.pwned=1>",
    "<input autofocus onfocus=window.pwned=1>",
    "<video><source onerror=window.pwned=1></video>",
    "<style>@import '//evil.example/x.css'</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example/'>",
    "<base href=//evil.example/>",
    "<form action=//evil.example/><button>go</button></form>",
    "<object data=//evil.example/x></object>",
    "<template><img src=x onerror=window.pwned=1></template>",
    "</title><script>window.pwned=1</script>",
    "</textarea><script>window.pwned=1</script>",
    '"><img src=x onerror=window.pwned=1>',
    "' onmouseover='window.pwned=1",
    '" autofocus onfocus="window.pwned=1',
    "{{ 7*7 }}{% raw %}${7*7}",
    "&lt;script&gt;window.pwned=1&lt;/script&gt;",
    "<b hx-get=/desk/ hx-trigger=load>x</b>",
    "<hx-partial hx-target=body><i>gone</i></hx-partial>",
    "javascript:window.pwned=1//http://a.example/'onclick=window.pwned=1",
]
ALTERED = (
    "window.pwned !== undefined || document.querySelectorAll('base, iframe, object').length > 0"
)


def handle(number: int) -> str:
    """A handle that is itself hostile, as far as a network lets one have it."""
    return f"x{number}{VECTORS[number].replace(' ', '')}"[:150]


@pytest.fixture(scope="module")
def conversations(house: House) -> list[int]:
    """One conversation for each vector, which stands in its text, name, handle and alt text."""
    for number, vector in enumerate(VECTORS):
        picture = Picture(f"javascript:window.pwned=1//{number}", vector)
        who = Person(handle(number), vector)
        house.post(who, f"@meridian.example hostile {vector}", images=(picture,))
    found = "SELECT id FROM conversations_conversation WHERE snippet LIKE '%%hostile%%' ORDER BY id"
    assert until(lambda: len(house.asked(found)) == len(VECTORS)), house.asked(found)
    return [int(str(number)) for (number,) in house.asked(found)]


def test_the_list_search_and_contacts_show_it_as_text(
    visit: Visit, conversations: list[int]
) -> None:
    mika = visit("mika")
    for path, names in [
        ("/desk/?view=all", "#rows .who bdi"),
        ("/desk/search/?q=hostile", ".results .who b bdi"),
        ("/desk/contacts/", ".results .who bdi"),
    ]:
        mika.goto(path)
        if path.endswith("all"):
            said = mika.page.locator("#rows p").all_inner_texts()
            assert all(any(vector in text for text in said) for vector in VECTORS)
        shown = mika.page.locator(names).all_inner_texts()
        assert [vector for vector in VECTORS if vector not in shown] == [], path
        assert not mika.page.evaluate(ALTERED), path


def test_thread_title_note_and_draft_show_it_as_text(
    house: House, visit: Visit, conversations: list[int]
) -> None:
    mika = visit("mika")
    mika.goto(f"/desk/c/{conversations[-1]}/?view=all")  # newest first: the list goes back in time
    for vector, number in reversed(list(zip(VECTORS, conversations, strict=True))):
        if number != conversations[-1]:
            mika.press("]")
        mika.page.locator(f"#messages[data-open-conversation='{number}']").wait_for()
        assert mika.page.title() == f"{vector} · Harken"
        assert vector in mika.page.locator("#messages .said").first.inner_text()
        assert mika.page.locator("#head h2 bdi").inner_text() == vector
        assert vector in mika.page.locator("#context").inner_text()
        assert not mika.page.evaluate(ALTERED), vector
    mika.press("n")
    mika.page.keyboard.insert_text("\n".join(VECTORS))
    mika.press("Control+Enter")
    mika.sees(VECTORS[0], "#messages .note")
    mika.press("r")
    mika.page.keyboard.insert_text(VECTORS[21])
    mika.sees("Saved", "#composer [data-draft-line]")
    mika.page.reload()
    mika.sees(VECTORS[-1], "#messages .note")
    assert mika.written == VECTORS[21]
    assert not mika.page.evaluate(ALTERED)


def test_search_words_and_names_of_contacts_are_text(
    house: House, visit: Visit, conversations: list[int]
) -> None:
    mika = visit("mika")
    contacts = house.asked(
        "SELECT contact_id FROM conversations_conversation WHERE id = ANY(%s) ORDER BY id",
        conversations,
    )
    for vector, (contact,) in zip(VECTORS, contacts, strict=True):
        mika.goto(f"/desk/search/?q={quote(vector)}")
        assert mika.page.locator("#seek").input_value() == vector
        assert mika.page.title() == f"{vector} · Search · Harken"
        assert not mika.page.evaluate(ALTERED), vector
        mika.goto(f"/desk/contacts/{contact}/")
        assert vector in mika.page.locator("h1").inner_text()
        assert not mika.page.evaluate(ALTERED), vector
    mika.press("Control+k")
    mika.page.keyboard.insert_text(VECTORS[2])
    mika.sees("Search everything for", "#palette-options li")
    assert not mika.page.evaluate(ALTERED)
