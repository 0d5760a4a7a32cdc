"""The locks name one version with hashes for each package, the same in both."""

from __future__ import annotations

import re

from tests.house.source import ROOT

PIN = re.compile(r"^([a-z0-9._-]+)==(\S+)", re.IGNORECASE)


def pins(name: str) -> dict[str, str]:
    text = (ROOT / f"requirements/{name}.txt").read_text()
    return {found[1]: found[2] for line in text.splitlines() if (found := PIN.match(line))}


def unhashed(text: str) -> list[str]:
    """Packages whose pin is not followed by a hash."""
    lines = text.splitlines()
    return [
        found[1]
        for number, line in enumerate(lines)
        if (found := PIN.match(line))
        and not (number + 1 < len(lines) and "--hash=sha256:" in lines[number + 1])
    ]


def test_every_pin_has_hashes() -> None:
    for name, least in (("run", 30), ("dev", 30), ("stream", 1)):
        assert unhashed((ROOT / f"requirements/{name}.txt").read_text()) == []
        assert len(pins(name)) >= least


def test_a_pin_without_a_hash_would_be_found() -> None:
    assert unhashed("django==5.2\nhttpx==0.28 \\\n    --hash=sha256:aa\n") == ["django"]


def test_tests_run_on_the_versions_that_ship() -> None:
    run, dev = pins("run") | pins("stream"), pins("dev")
    assert {name: (version, dev.get(name)) for name, version in run.items()} == {
        name: (version, version) for name, version in run.items()
    }


def test_every_asked_package_is_locked() -> None:
    for name in ("run", "stream", "dev"):
        text = (ROOT / f"requirements/{name}.in").read_text()
        lines = [line for line in text.splitlines() if not line.startswith("-")]
        found = [re.match(r"[a-z0-9._-]+", line, re.IGNORECASE) for line in lines]
        asked = {match[0].lower().replace("_", "-") for match in found if match}
        assert asked <= {pin.lower() for pin in pins(name)}
