"""Finds our `workers`, `js`, `pyodide` and so on before any copy that a project vendors, runs
patches after certain modules are imported, and offers `django_cf` to a project that has none."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import Any

_PLATFORM = str(Path(__file__).parent / "_platform")
_OFFERED = str(Path(__file__).parent / "_offered")

PLATFORM_MODULES = frozenset({"workers", "js", "pyodide", "PythonWorker", "asgi"})

Patch = Callable[[Any], None]


class PlatformFinder:
    """First in `sys.meta_path`: the platform's modules, whatever else is called so."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name in PLATFORM_MODULES:
            return PathFinder.find_spec(name, [_PLATFORM])
        return None


class OfferedFinder:
    """Last in `sys.meta_path`: what a project may do without vendoring. In native mode first."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name == "django_cf":
            return PathFinder.find_spec(name, [_OFFERED])
        return None


class PatchFinder:
    """Runs functions right after certain modules were executed."""

    def __init__(self) -> None:
        self._patches: dict[str, list[Patch]] = {}
        self._finding: set[str] = set()

    def after(self, name: str, patch: Patch) -> None:
        """Now, if the module is imported already."""
        if name in sys.modules:
            patch(sys.modules[name])
        else:
            self._patches.setdefault(name, []).append(patch)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name not in self._patches or name in self._finding:
            return None
        self._finding.add(name)
        try:
            spec = self._found_by_others(name, path, target)
        finally:
            self._finding.discard(name)
        if spec is not None and spec.loader is not None:
            spec.loader = _PatchingLoader(spec.loader, self._patches[name])
        return spec

    def _found_by_others(self, name: str, path: Any, target: Any) -> ModuleSpec | None:
        for finder in sys.meta_path:
            if finder is not self:
                spec = finder.find_spec(name, path, target)
                if spec is not None:
                    return spec
        return None


class _PatchingLoader:
    def __init__(self, loader: Any, patches: list[Patch]) -> None:
        self._loader = loader
        self._patches = patches

    def create_module(self, spec: ModuleSpec) -> Any:
        return self._loader.create_module(spec)

    def exec_module(self, module: Any) -> None:
        module.__spec__.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        for patch in self._patches:
            patch(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)


patches = PatchFinder()
_platform = PlatformFinder()
_offered = OfferedFinder()


def install(mode: str) -> None:
    for finder in (patches, _platform, _offered):
        if finder in sys.meta_path:
            sys.meta_path.remove(finder)  # type: ignore[arg-type]
    sys.meta_path[:0] = [patches, _platform]  # type: ignore[list-item]
    if mode == "native":
        sys.meta_path.insert(2, _offered)  # type: ignore[arg-type]
    else:
        sys.meta_path.append(_offered)  # type: ignore[arg-type]
