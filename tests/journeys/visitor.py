"""A colleague at the desk who only has a keyboard, and everything their browser complains about."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Request

from tests.journeys.house import House, until

FOCUSED = "document.activeElement.closest('[data-row]')?.querySelector('.who b')?.textContent ?? ''"
READY = "document.querySelector('[aria-keyshortcuts]') !== null"


# What a browser and htmx write to the console when a request finds nobody.
OUTAGE = ("Failed to load resource", "Failed to fetch")


class Visitor:
    """One browser of one person. `complaints` must be empty at the end; see `expect_outage`."""

    def __init__(self, context: BrowserContext, house: House) -> None:
        self.context = context
        self.house = house
        self.complaints: list[str] = []
        self.outage = False
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(f"error: {error.error}"))
        context.on("dialog", self._dialog)
        context.on("request", self._request)
        self.page: Page = context.new_page()

    def _console(self, line: ConsoleMessage) -> None:
        expected = self.outage and any(told in line.text for told in OUTAGE)
        if line.type == "error" and not expected:
            self.complaints.append(f"{line.text} ({line.location.get('url', '')})")

    def _dialog(self, dialog: object) -> None:
        self.complaints.append(f"dialog: {dialog}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        foreign = parts.netloc != urlsplit(self.house.url).netloc
        if foreign and parts.scheme not in {"data", "blob"}:
            self.complaints.append(f"foreign: {request.url}")

    # --- looking ------------------------------------------------------------------------------

    def goto(self, path: str = "/desk/") -> None:
        """Type an address; ready when the page's keys work."""
        self.page.goto(self.house.url + path, wait_until="domcontentloaded")
        self.holds(READY)

    def sees(self, text: str, where: str = "body", seconds: float = 90.0) -> None:
        """Wait until `text` stands in the visible element `where`."""
        found = self.page.locator(where).filter(has_text=text).filter(visible=True).first
        found.wait_for(timeout=seconds * 1000)

    def holds(self, expression: str, seconds: float = 90.0) -> None:
        """Wait until this JavaScript expression is true (the policy forbids the page to do it)."""

        def look() -> object:
            try:
                return self.page.evaluate(expression)
            except Error as error:  # between two documents
                if "context was destroyed" not in str(error):
                    raise
                return None

        assert until(look, seconds), expression

    def row(self, name: str) -> str:
        """The selector of a person's row in the list."""
        return f"#rows > li:has(.who bdi:text-is({name!r}))"

    @property
    def written(self) -> str:
        """What stands in the composer."""
        return self.page.locator("#answer").input_value()

    @property
    def navigations(self) -> float:
        """When this document was opened; another number means another document."""
        return float(self.page.evaluate("performance.timeOrigin"))

    # --- keys ---------------------------------------------------------------------------------

    def press(self, *keys: str) -> None:
        """Press keys one after the other; in a page that has just come when its scripts are there.

        What a page shows can be seen before: nobody is as fast as a test.
        """
        self.page.wait_for_load_state("domcontentloaded")
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        """Type into whatever has the focus."""
        self.page.keyboard.type(text)

    def tab_to(self, wanted: str, *, key: str = "Tab") -> None:
        """Press Tab until this JavaScript expression is true of the focused element `here`."""
        for _ in range(80):
            self.press(key)
            if self.page.evaluate(f"(here => {wanted})(document.activeElement)"):
                return
        raise AssertionError(f"Tab never came to where {wanted}")

    def leave_dialog(self) -> None:
        """Press Escape; the browser gives the focus back a moment later."""
        self.press("Escape")
        self.holds("!document.querySelector('dialog[open]')")
        self.holds("!document.activeElement.closest('dialog')")

    def walk_to(self, name: str) -> None:
        """Walk down the list, then up, until the focus is on this person's row."""
        for key in "jk":
            for _ in range(self.page.locator("#rows > li").count() + 1):
                self.press(key)
                if self.page.evaluate(FOCUSED) == name:
                    return
        raise AssertionError(f"{name} is not in the list")

    def open(self, name: str) -> None:
        """Open this person's conversation from the list, by keys."""
        self.press(".")
        self.walk_to(name)
        self.press("Enter")
        self.sees(name, "#head h2")

    def read_again(self) -> None:
        """Press the first send key, and see what the public would."""
        self.press("Control+Enter")
        self.page.locator("[data-rereading]").wait_for()
        self.holds("document.activeElement.closest('[data-rereading]') !== null")

    def send(self) -> None:
        """Press both send keys."""
        self.read_again()
        self.press("Control+Enter")

    def answer(self, text: str) -> None:
        """Write this answer and send it."""
        self.press("r")
        self.holds("document.activeElement.id === 'answer'")
        self.write(text)
        self.send()
        self.sees(text, "#messages .ours")
        self.holds("document.querySelector('#answer').value === ''")
