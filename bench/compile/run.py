#!/usr/bin/env python3
"""Measures what the headers that an author includes cost to compile, and what they pull in.

    bench/compile/run.py [--check] [--runs N] [--compiler CXX]

`--check` looks at the includes only. Exits with 1 if a header pulls in what it must not.
"""

import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]

NETWORK = {"CAF": r"/caf/", "Boost": r"/boost/", "SQLite": r"/sqlite3\.h$", "OpenSSL": r"/openssl/"}
JSON = {"nlohmann/json.hpp": r"/nlohmann/json\.hpp$"}
# header: what it must not pull in
HEADERS = {
    "runtime/stead.h": NETWORK | JSON,
    "cli/serve.h": NETWORK | JSON,
    "runtime/json.h": NETWORK,
}


class Compiler:
    def __init__(self, program):
        self.program = program
        self.environment = {**os.environ, "CCACHE_DISABLE": "1"}

    def run(self, *arguments, source=None):
        command = [self.program, "-std=c++20", f"-I{ROOT}", "-x", "c++", *arguments]
        done = subprocess.run(command, input=source, capture_output=True, text=True,
                              env=self.environment)  # fmt: skip
        if done.returncode:
            raise SystemExit(f"{' '.join(map(str, command))} failed:\n{done.stderr}")
        return done.stdout

    def included_by(self, header):
        """Every file that the header pulls in; ours relative to the project."""
        rule = self.run("-M", "-", source=f'#include "{header}"\n').replace("\\\n", " ")
        return [path.removeprefix(f"{ROOT}/") for path in rule.split(":", 1)[1].split()]

    def seconds(self, runs, *arguments, source=None):
        times = []
        for _ in range(runs):
            start = time.perf_counter()
            self.run(*arguments, source=source)
            times.append(time.perf_counter() - start)
        return statistics.median(times)


def check_includes(compiler):
    """Findings as text."""
    findings = []
    for header, forbidden in HEADERS.items():
        files = compiler.included_by(header)
        for what, pattern in forbidden.items():
            hits = [path for path in files if re.search(pattern, path)]
            if hits:
                findings.append(f"{header} pulls in {what} ({len(hits)} files, e.g. {hits[0]})")
        ours = sum(not path.startswith("/") for path in files)
        print(f"{header:18} {len(files):5} files, {ours:3} of ours")
    return findings


def show_times(compiler, runs):
    print(f"\n{'':34}{'parse s':>9}{'-O2 s':>9}   median of {runs}")
    yardsticks = {"(nothing)": "", "(<string>, <vector>, <map>)":
                  "#include <string>\n#include <vector>\n#include <map>\n"}  # fmt: skip
    headers = {header: f'#include "{header}"\n' for header in HEADERS}
    for name, source in {**yardsticks, **headers}.items():
        parse = compiler.seconds(runs, "-fsyntax-only", "-", source=source)
        print(f"{name:34}{parse:9.2f}")
    for path in sorted(ROOT.glob("examples/*/*.cpp")):
        parse = compiler.seconds(runs, "-fsyntax-only", path)
        build = compiler.seconds(runs, "-O2", "-c", "-o", os.devnull, path)
        print(f"{path.relative_to(ROOT)!s:34}{parse:9.2f}{build:9.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="includes only, no times")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--compiler", default=os.environ.get("CXX", "g++"))
    options = parser.parse_args()
    compiler = Compiler(options.compiler)
    findings = check_includes(compiler)
    if not options.check:
        show_times(compiler, options.runs)
    for finding in findings:
        print(f"FAILED: {finding}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
