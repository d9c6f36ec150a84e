"""The native module, or a stand-in that says what is missing.

`import stead` works anywhere, so that an editor and a unit test can load a project. Inside a node
`_stead` is built in; the extension that is built beside it has the database part only.
"""

from typing import Any

try:
    import _stead as native
except ImportError:

    class _Outside:
        """Answers for a program that is not a node: nothing is current, nothing can begin."""

        def __getattr__(self, name: str) -> Any:
            raise RuntimeError(
                f"_stead.{name} is not here: this process is not a Stead node. "
                "Start the project with `stead dev` or `stead serve`."
            )

    native: Any = _Outside()


def _nothing() -> None:
    return None


try:
    current = native.current
except (AttributeError, RuntimeError):
    current = _nothing


class NotThereYet(NotImplementedError):
    """A part of the platform that this version of Stead does not have."""


def log(level: str, text: str) -> None:
    try:
        native.log(level, text)
    except (AttributeError, RuntimeError):
        import sys

        print(f"{level}: {text}", file=sys.__stderr__)
