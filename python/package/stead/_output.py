"""Standard output per event: what a management command prints goes to who asked for it.

`sys.stdout` and `sys.stderr` are the process's, and several objects run at once. So they are
replaced by writers that look for a buffer in the context of the code that writes.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_captured: ContextVar[io.StringIO | None] = ContextVar("stead_output", default=None)


class _Writer(io.TextIOBase):
    def __init__(self, real: Any) -> None:
        self.real = real

    def write(self, text: str) -> int:
        buffer = _captured.get()
        return self.real.write(text) if buffer is None else buffer.write(text)

    def flush(self) -> None:
        if _captured.get() is None:
            self.real.flush()

    def isatty(self) -> bool:
        return _captured.get() is None and self.real.isatty()

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        if _captured.get() is not None:
            raise io.UnsupportedOperation("fileno")
        return self.real.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return getattr(self.real, "encoding", None) or "utf-8"

    @property
    def errors(self) -> Any:  # type: ignore[override]
        return getattr(self.real, "errors", None)

    @property
    def buffer(self) -> Any:
        return self.real.buffer


def install() -> None:
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None and not isinstance(stream, _Writer):
            setattr(sys, name, _Writer(stream))


@contextmanager
def captured() -> Iterator[io.StringIO]:
    """Collects what the code of the `with` block prints, on both streams."""
    buffer = io.StringIO()
    token = _captured.set(buffer)
    try:
        yield buffer
    finally:
        _captured.reset(token)
