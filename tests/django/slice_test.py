#!/usr/bin/env python3
"""A short slice of Django's own tests on this project's engine, for every run of the tests.

    tests/django/slice_test.py EXTENSION_FOLDER SOURCE_FOLDER

Skipped, with exit code 77, where Django's source cannot be had.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True
import django_source  # noqa: E402
import suite  # noqa: E402

LABELS = ["basic", "transactions", "transaction_hooks", "constraints", "introspection"]
SKIPPED = 77


def main() -> int:
    extension, folder = (Path(word).resolve() for word in sys.argv[1:])
    try:
        source, python = django_source.prepare(folder)
    except django_source.Unavailable as error:
        print(f"skipped: Django's source cannot be fetched here: {error}")
        return SKIPPED
    return suite.main(
        [str(source), *LABELS, "--only", "stead", "--python", str(python), "--extension",
         str(extension), "--tracebacks"]
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
