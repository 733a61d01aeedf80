"""A part is a module with one public name; it is declared, never registered."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from types import MappingProxyType, ModuleType
from typing import Any


def collect(package: ModuleType, name: str, key: Callable[[Any], str]) -> Mapping[str, Any]:
    """All parts called `name` in the modules of a package, by their key, in the order of the keys.

    Raises:
        ValueError: two parts have the same key.
    """
    found: dict[str, Any] = {}
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        part = getattr(importlib.import_module(module.name), name, None)
        if part is None:
            continue
        if key(part) in found:
            raise ValueError(f"{module.name}: a second {name} called {key(part)}")
        found[key(part)] = part
    return MappingProxyType(dict(sorted(found.items())))
