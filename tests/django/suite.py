#!/usr/bin/env python3
"""Runs Django's own tests on the engine `stead.django.do` and on stock SQLite, side by side.

    tests/django/suite.py DJANGO [LABEL…] [--python PYTHON] [--extension FOLDER] [--only ENGINE]

DJANGO is the unpacked source of a Django release, with its tests/. PYTHON is an interpreter of a
virtual environment with that release's dependencies (asgiref, sqlparse); FOLDER holds the module
`_stead` (build/release/python). Without labels the first group runs.

Prints passed, failed and skipped for both, and the tests that fail with ours only; exits with 1 if
there is any.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FIRST_GROUP = (
    "basic queries transactions transaction_hooks backends schema migrations introspection "
    "inspectdb constraints"
).split()
ENGINES = {"stead": "settings_stead", "sqlite": "test_sqlite"}


@dataclass
class Result:
    ran: int = 0
    skipped: int = 0
    expected_failures: int = 0
    unexpected_successes: int = 0
    seconds: float = 0.0
    #: Tests that failed or raised, with what they said.
    failed: dict[str, str] = field(default_factory=dict)
    broken: str = ""

    @property
    def passed(self) -> int:
        return self.ran - self.skipped - len(self.failed) - self.expected_failures


def read_output(text: str) -> Result:
    result = Result()
    for block in re.split(r"^={70}$", text, flags=re.M)[1:]:
        if head := re.match(r"\s*(?:FAIL|ERROR): (\S+) \(([^)]*)\)", block):
            name = head[2] if head[2].endswith(head[1]) else f"{head[2]}.{head[1]}"
            body = re.split(r"^-{70}$", block, flags=re.M)
            result.failed[name] = body[1].strip() if len(body) > 1 else ""
    if ran := re.search(r"^Ran (\d+) tests? in ([\d.]+)s", text, flags=re.M):
        result.ran, result.seconds = int(ran[1]), float(ran[2])
    else:
        result.broken = text[-3000:]
    for what in ("skipped", "expected failures", "unexpected successes"):
        if found := re.search(rf"^(?:OK|FAILED) .*\b{what}=(\d+)", text, flags=re.M):
            setattr(result, what.replace(" ", "_"), int(found[1]))
    return result


def run(engine: str, labels: list[str], arguments: argparse.Namespace) -> Result:
    paths = [
        arguments.extension,
        ROOT / "python" / "package",
        ROOT / "tests" / "django",
        arguments.django,
        *filter(None, [os.environ.get("PYTHONPATH")]),
    ]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(str(path) for path in paths),
        "PYTHONWARNINGS": "ignore",
    }
    command = [arguments.python, "runtests.py", f"--settings={ENGINES[engine]}", "--parallel=1"]
    done = subprocess.run(
        [*command, *labels],
        cwd=arguments.django / "tests",
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if arguments.keep:
        Path(arguments.keep).mkdir(parents=True, exist_ok=True)
        (Path(arguments.keep) / f"{engine}.log").write_text(done.stdout)
    return read_output(done.stdout)


def print_table(results: dict[str, Result]) -> None:
    print(f"{'engine':<8} {'passed':>7} {'failed':>7} {'skipped':>8} {'expected':>9} {'seconds':>8}")
    for engine, result in results.items():
        print(
            f"{engine:<8} {result.passed:>7} {len(result.failed):>7} {result.skipped:>8} "
            f"{result.expected_failures:>9} {result.seconds:>8.1f}"
        )


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("django", type=lambda text: Path(text).resolve())
    parser.add_argument("labels", nargs="*")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument(
        "--extension",
        type=lambda text: Path(text).resolve(),
        default=ROOT / "build" / "release" / "python",
    )
    parser.add_argument("--only", choices=ENGINES, help="one engine instead of both")
    parser.add_argument("--keep", metavar="FOLDER", help="keep what the tests print there")
    parser.add_argument("--tracebacks", action="store_true", help="print those of ours too")
    arguments = parser.parse_intermixed_args(words)

    labels = arguments.labels or FIRST_GROUP
    engines = [arguments.only] if arguments.only else list(ENGINES)
    results = {engine: run(engine, labels, arguments) for engine in engines}
    print_table(results)
    for engine, result in results.items():
        if result.broken:
            print(f"\nThe tests did not run to their end with {engine}:\n{result.broken}")
    ours = results.get("stead", Result())
    theirs = results.get("sqlite", Result())
    only_ours = sorted(set(ours.failed) - set(theirs.failed))
    if only_ours:
        print("\nFail with ours only:" if "sqlite" in results else "\nFail:")
        for name in only_ours:
            print(f"  {name}")
            if arguments.tracebacks:
                print("    " + ours.failed[name].replace("\n", "\n    "))
    return 1 if only_ours or any(result.broken for result in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
