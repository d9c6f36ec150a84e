"""`pyodide.code`."""

from typing import Any

from stead._js_types import run_relaxed

__all__ = ["relaxed_call", "relaxed_wrap", "run_js"]


def relaxed_call(function: Any, *args: Any, **kwargs: Any) -> Any:
    """Calls a function with as many of the arguments as it takes."""
    return run_relaxed(function, *args, **kwargs)


def relaxed_wrap(function: Any) -> Any:
    return lambda *args, **kwargs: run_relaxed(function, *args, **kwargs)


def run_js(code: str) -> Any:
    raise NotImplementedError("there is no JavaScript in Stead")
