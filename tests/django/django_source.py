"""Django's source with its tests, and an interpreter that can run them."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

#: The tests of a release fit its code only.
RELEASE = "django==5.2.*"


class Unavailable(Exception):
    """Django's source cannot be had here."""


def prepare(folder: Path, python: str = sys.executable) -> tuple[Path, Path]:
    """Its source and the interpreter, fetched into `folder` the first time."""
    interpreter = folder / "venv" / "bin" / "python"
    done = folder / "done"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _run([python, "-m", "venv", str(folder / "venv")])
        _run([str(interpreter), "-m", "pip", "install", "--quiet", RELEASE, "tblib"])
        version = _run([str(interpreter), "-c", "import django; print(django.__version__)"]).strip()
        _run(
            [str(interpreter), "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary",
             ":all:", "--dest", str(folder), f"django=={version}"]
        )  # fmt: skip
        (archive,) = (*folder.glob("[Dd]jango-*.tar.gz"),)
        with tarfile.open(archive) as packed:
            packed.extractall(folder)
        done.touch()
    (source,) = (path for path in folder.glob("[Dd]jango-*") if path.is_dir())
    return source, interpreter


def _run(command: list[str]) -> str:
    # What a sanitized extension needs, pip does not.
    environment = {name: text for name, text in os.environ.items() if name != "LD_PRELOAD"}
    try:
        done = subprocess.run(
            command,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=300,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(str(error)) from error
    if done.returncode != 0:
        raise Unavailable(f"{' '.join(command)}:\n{done.stdout}")
    return done.stdout
