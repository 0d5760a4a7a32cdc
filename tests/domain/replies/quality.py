"""How good the checks and the finder of personal data are, on written cases.

`python -m tests.domain.replies.quality` prints the tables. Cases stand in `cases/<check>.txt`: a
plus when the check should fire, the answer, and behind `||` what differs from `USUAL`; those in
`cases/held_out` were written when the checks had been improved by the others. Labelled
lines stand in `labelled/`: `tuned.tsv` was written before the patterns were improved by it,
`held_out.tsv` afterwards.
"""

# ruff: noqa: T201  (its tables are what it is for)

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from harken.domain.replies.alike import SHORTEST, plain, similarity, trigrams
from harken.domain.replies.brand_words import places
from harken.domain.replies.checks.port import Earlier, LinkState, Pattern, Reading, SavedText
from harken.domain.replies.checks.registry import checks
from harken.domain.replies.personal_data.finder import kinds

HERE = Path(__file__).parent
USUAL: dict[str, Any] = {
    "name_to_use": "Amara",
    "display_name": "Amara Okafor",
    "handle": "amara.example",
    "language": "en",
    "signature": "/Mika",
    "brand": "Meridian",
    "other_brands": ("Solstice",),
    "other_handles": ("solstice.example",),
    "ours": ("meridian.example",),
    "limit": 300,
    "today": date(2026, 3, 2),
}
NAMES = {"name": "name_to_use", "display": "display_name", "lang": "language"}


@dataclass
class Score:
    """Right and wrong answers, and the texts of the wrong ones."""

    hits: int = 0
    misses: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    silent: int = 0

    @property
    def precision(self) -> float:
        """Of what was found, how much is there."""
        return self.hits / max(1, self.hits + len(self.alarms))

    @property
    def recall(self) -> float:
        """Of what is there, how much was found."""
        return self.hits / max(1, self.hits + len(self.misses))

    def note(self, text: str, *, wanted: bool, found: bool) -> None:
        """Count one answer."""
        if wanted and found:
            self.hits += 1
        elif wanted:
            self.misses.append(text)
        elif found:
            self.alarms.append(text)
        else:
            self.silent += 1


@cache
def scores(folder: str = "cases") -> dict[str, Score]:
    """Each check on its own cases."""
    found = {}
    for check in checks():
        score = found[check.key] = Score()
        for wanted, reading in cases(check.key, folder):
            fired = any(True for _ in check.look(reading))
            score.note(reading.text, wanted=wanted, found=fired)
    return found


def cases(key: str, folder: str = "cases") -> Iterator[tuple[bool, Reading]]:
    """The written cases of a check: whether it should fire, and what it reads."""
    for line in (HERE / folder / f"{key}.txt").read_text("utf-8").splitlines():
        text, _, more = line[2:].partition(" || ")
        yield line[0] == "+", _reading(text.strip(), more)


def _reading(text: str, more: str) -> Reading:
    said = dict(part.split("=", 1) for part in more.split(";") if part)
    values = USUAL | {NAMES.get(name, name): value for name, value in said.items()}
    words, dead, before = (values.pop(name, "") for name in ("words", "dead", "before"))
    values["asked"] = (values["asked"],) if values.get("asked") else ()
    values["public"] = values.get("public") != "no"
    values["limit"], values["used"] = int(values["limit"]), len(text)
    if isinstance(values["ours"], str):
        values["ours"] = (values["ours"],)
    if words:
        values["patterns"] = tuple(
            Pattern(word, True, found) for word in [words] if (found := places(word, text))
        )
    values["links"] = {dead: LinkState(False, "404")} if dead else {}
    values["earlier"] = tuple(_earlier(text, before))
    values["saved"] = tuple(_saved(values))
    return Reading(text=text, **values)


def _saved(values: dict[str, Any]) -> Iterator[SavedText]:
    """A saved answer beside the text: what it says, and what became of it since."""
    says, until = values.pop("says", ""), values.pop("until", "")
    was = values.pop("was", "")  # "begun", "changed", "retired", or nothing: it stands beside it
    if says:
        yield SavedText(
            title="Known",
            says=says,
            began=bool(was),
            valid_until=date.fromisoformat(until) if until else None,
            is_old=was == "changed",
            is_retired=was == "retired",
        )


def _earlier(text: str, before: str) -> Iterator[Earlier]:
    """As the query finds it: names and signatures out, nothing said of very short texts."""
    name = before.removeprefix("Hi ").partition(",")[0]
    mine = trigrams(plain(text, ["Amara", "/Mika"]))
    theirs = trigrams(plain(before, [name, "/Ben"]))
    if len(mine) >= SHORTEST:
        at = datetime(2026, 2, 20, tzinfo=UTC)
        yield Earlier(1, "Ben", at, before, similarity(mine, theirs))


def found_in(name: str) -> tuple[dict[str, Score], Score]:
    """The finder on a labelled file: by kind, and whether it found anything at all."""
    by_kind: dict[str, Score] = {}
    anything = Score()
    with (HERE / "labelled" / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    labels = {kind for row in rows for kind in row["kinds"].split(",")} - {"-"}
    for row in rows:
        wanted = set(row["kinds"].split(",")) - {"-"}
        found = {str(kind) for kind in kinds(row["line"])}
        anything.note(row["line"], wanted=bool(wanted), found=bool(found))
        for kind in labels | found:
            score = by_kind.setdefault(kind, Score())
            score.note(row["line"], wanted=kind in wanted, found=kind in found)
    return by_kind, anything


def languages(name: str) -> Counter[str]:
    """How many labelled lines there are in each language."""
    lines = (HERE / "labelled" / f"{name}.tsv").read_text("utf-8").splitlines()[1:]
    return Counter(line.split("\t")[0] for line in lines)


def _table(title: str, found: Iterable[tuple[str, Score]]) -> None:
    print(f"\n{title:<12} precision  recall  right  false  missed  rightly silent")
    for name, score in found:
        print(
            f"{name:<12} {score.precision:>9.3f} {score.recall:>7.3f} {score.hits:>6}"
            f" {len(score.alarms):>6} {len(score.misses):>7} {score.silent:>15}"
        )
        for text in score.misses:
            print(f"    missed: {text}")
        for text in score.alarms:
            print(f"    false:  {text}")


if __name__ == "__main__":
    _table("check", scores().items())
    _table("held out", scores("cases/held_out").items())
    for which in ("tuned", "held_out"):
        kinds_found, any_found = found_in(which)
        _table(which, [*sorted(kinds_found.items()), ("anything", any_found)])
