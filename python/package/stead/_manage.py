"""Django's management commands inside an object: against its database, in its turn."""

from __future__ import annotations

import json
import os
import re
import traceback
from pathlib import Path
from typing import Any

from stead import _output
from stead._events import manage_arguments
from stead._loop import no_loop_seen


def run_event(text: str) -> str:
    """For an event of the kind `manage`: its arguments and its result as JSON."""
    argv, interactive = manage_arguments(text)
    code, output = run(argv, interactive)
    return json.dumps({"code": code, "output": output}, ensure_ascii=False)


def run(argv: list[str], interactive: bool = False) -> tuple[int, str]:
    """Runs a command, as `manage.py` followed by `argv` would. Gives exit code and output.

    An interactive command has the process's own terminal, and its output is not collected.
    """
    if interactive:
        return _exit_code(argv), ""
    with _output.captured() as buffer:
        code = _exit_code(argv)
    return code, buffer.getvalue()


def _exit_code(argv: list[str]) -> int:
    try:
        with no_loop_seen():
            _execute(argv)
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code)
        return 1
    except BaseException as error:
        # Here the traceback is for the person at the terminal, who runs the code.
        traceback.print_exception(error)
        if not isinstance(error, Exception):
            raise
        return 1
    return 0


def _execute(argv: list[str]) -> None:
    _find_settings()
    from django.core.management import ManagementUtility

    ManagementUtility(["manage.py", *argv]).execute()


def _find_settings() -> None:
    """The settings module: importing the project named it, or its manage.py does."""
    if os.environ.get("DJANGO_SETTINGS_MODULE"):
        return
    from django.conf import settings

    if settings.configured:
        return
    from stead import _host

    loaded: Any = _host._project_loaded
    folder = Path(loaded.module.__file__).parent if loaded is not None else Path.cwd()
    for candidate in (folder / "manage.py", folder.parent / "manage.py"):
        if candidate.is_file():
            found = re.search(
                r"DJANGO_SETTINGS_MODULE['\"]\s*[,\]]\s*=?\s*['\"]([\w.]+)['\"]",
                candidate.read_text(),
            )
            if found:
                os.environ["DJANGO_SETTINGS_MODULE"] = found[1]
                return
    raise RuntimeError(
        "which settings to use is not known: the project neither sets DJANGO_SETTINGS_MODULE "
        "when it is imported nor has a manage.py beside its main module that does"
    )
