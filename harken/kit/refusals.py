"""What a service says when it will not do something: a sentence for people and a status."""

from __future__ import annotations


class Refusal(Exception):
    """A change was refused. The text says what happened and what to do next.

    `status` is the HTTP status a page answers with.
    """

    status = 409


class NotAllowed(Refusal):
    """This person's role does not allow it."""

    status = 403


class Invalid(Refusal):
    """What was given cannot be used; the text names the field.

    `field` is the name of the form's field it is about, empty for none or several.
    """

    status = 422

    def __init__(self, sentence: str = "", *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field
