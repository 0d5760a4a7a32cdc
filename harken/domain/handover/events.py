"""What can happen to a hand-over. Ids only: no link, no address and no text is ever in here."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.journal.services import Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOffered(Happened):
    """A public answer with a link to a private talk was sent."""

    hand_over: int
    reply: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateSideOpened(Happened):
    """Somebody opened the link; from now on it belongs to their browser."""

    hand_over: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRefused(Happened):
    """The link of an opened talk was tried in another browser; told once."""

    hand_over: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerProven(Happened):
    """The customer wrote the talk's word in public: it is them in the private talk."""

    hand_over: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateTextHeldBack(Happened):
    """A colleague wrote a private text that leaves only when somebody else agrees."""

    text: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateTextHeld(Happened):
    """A private text was sent, or agreed to; the customer reads it when its countdown is over."""

    text: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateTextUndone(Happened):
    """It was taken back before the customer could read it (`by` None: by itself)."""

    text: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsLeft(Happened):
    """The customer left, or changed, how to reach them."""

    hand_over: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateSideEnded(Happened):
    """A talk is over (`by` None: by its time); what the customer left there is erased."""

    hand_over: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBackAsked(Happened):
    """The customer wants to be called."""

    call_back: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBackBroken(Happened):
    """The time we promised for a call is over and nobody has called."""

    call_back: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBackDone(Happened):
    """A colleague called, or said that no call is needed any more."""

    call_back: int
    outcome: str
