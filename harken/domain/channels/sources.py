"""Which kinds of sources there are. A new one is a name in `KINDS` of a connector's folder."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import pkgutil
from collections.abc import Mapping
from functools import lru_cache

from harken import connectors
from harken.kit.source_kinds import SourceKind

log = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def source_kinds() -> Mapping[str, SourceKind]:
    """Every kind by its name, from `harken.connectors.<folder>.source`, as the folders are named.

    A folder whose code cannot be imported is logged and missing; the others go on.
    """
    found: dict[str, SourceKind] = {}
    for package in pkgutil.iter_modules(connectors.__path__, f"{connectors.__name__}."):
        if package.ispkg and importlib.util.find_spec(f"{package.name}.source") is not None:
            try:
                module = importlib.import_module(f"{package.name}.source")
                found |= {each.kind: each for each in module.KINDS}
            except Exception:
                log.exception("the sources in %s cannot be imported", package.name)
    return found
