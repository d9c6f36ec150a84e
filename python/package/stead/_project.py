"""A project in Python: its module, its classes, its mode."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from stead import _binding, _finder, _mend, _output
from stead._authors import DurableObject, WorkerEntrypoint
from stead._context import DurableObjectState, ExecutionContext
from stead._js_types import run_relaxed

MODES = ("native", "mended", "vendored")


class Project:
    def __init__(self, module: ModuleType, env: Any, bound: set[str]) -> None:
        self.module = module
        self.env = env
        self.classes: dict[str, type] = {}
        self.default: type | None = None
        for name, value in vars(module).items():
            if not inspect.isclass(value) or name.startswith("_"):
                continue
            if issubclass(value, WorkerEntrypoint):
                if name == "Default":
                    self.default = value
            elif value is not DurableObject and (issubclass(value, DurableObject) or name in bound):
                self.classes[name] = value
        handler = getattr(module, "on_fetch", None)
        self.on_fetch: Callable[..., Any] | None = handler if callable(handler) else None

    @property
    def has_worker(self) -> bool:
        return self.default is not None or self.on_fetch is not None

    def construct(self, class_name: str, handle: Any) -> Any:
        if not class_name:
            return Worker(self, handle)
        try:
            cls = self.classes[class_name]
        except KeyError:
            known = ", ".join(sorted(self.classes)) or "none"
            raise LookupError(
                f"{self.module.__name__} has no class {class_name!r} of objects (it has: {known})"
            ) from None
        return Resident(cls, handle, self.env)


class Resident:
    """An object in memory: the author's instance."""

    def __init__(self, cls: type, handle: Any, env: Any) -> None:
        context = DurableObjectState(handle)
        self.author: Any = run_relaxed(cls, context, env)
        # An __init__ that did not pass them on, or took none.
        for name, value in (("ctx", context), ("env", env)):
            if not hasattr(self.author, name):
                setattr(self.author, name, value)
        self.handle = handle

    def leave(self) -> None:
        _leave(self.handle)


class Worker:
    """What answers requests that are for no object: `Default`, or the module's `on_fetch`."""

    def __init__(self, project: Project, handle: Any) -> None:
        self.project = project
        self.handle = handle
        self.context = ExecutionContext(handle)

    def entrypoint(self) -> Any:
        """An instance of `Default` for one request."""
        assert self.project.default is not None
        env = self.project.env
        author = run_relaxed(self.project.default, self.context, env)
        for name, value in (("ctx", self.context), ("env", env)):
            if not hasattr(author, name):
                setattr(author, name, value)
        return author

    def leave(self) -> None:
        _leave(self.handle)


def _leave(handle: Any) -> None:
    if "lifespans" in handle.state:
        from stead.asgi import end_lifespans

        end_lifespans(handle.state)


def load(project: dict[str, Any]) -> Project:
    mode = project.get("mode", "mended")
    if mode not in MODES:
        raise ValueError(f"{mode!r} is no mode of a project: {', '.join(MODES)} are")
    main = Path(project["main"]).absolute()
    if not main.is_file():
        raise FileNotFoundError(f"the project's main module is not there: {main}")
    _output.install()
    _finder.install(mode)
    _mend.install(mode)
    _extend_path(main, project.get("path", ()))
    env = _binding.Env.of_project(project)
    _binding.env._values.clear()
    _binding.env._values.update(env._values)
    bound = set(project.get("bindings", {}).values())
    return Project(_imported(main), _binding.env, bound)


def _extend_path(main: Path, given: Any) -> None:
    """The main module's folder, then what the configuration says, then where packages are
    vendored: `python_modules/` beside the configuration, `vendor/` beside the main module."""
    folder = main.parent
    candidates = [folder, *map(Path, given), folder.parent / "python_modules",
                  folder / "python_modules", folder / "vendor"]  # fmt: skip
    wanted = dict.fromkeys(str(path) for path in candidates if path.is_dir())
    sys.path[:] = [*wanted, *(path for path in sys.path if path not in wanted)]


def _imported(main: Path) -> ModuleType:
    """Under its own name, so that the project's other modules can import it too."""
    name = main.stem
    importlib.invalidate_caches()
    if name.isidentifier() and name not in sys.modules:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin and os.path.samefile(spec.origin, main):
            return importlib.import_module(name)
    spec = importlib.util.spec_from_file_location(name, main)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
