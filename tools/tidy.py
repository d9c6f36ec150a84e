#!/usr/bin/env python3
"""Checks the rules of the house: layers, sizes, coroutine shapes, what is built, what docs quote.

    tools/tidy.py [ROOT]           check
    tools/tidy.py --quote [ROOT]   first copy what README.md and docs/ quote anew

Prints one line per finding, `file:line: rule: what to do`, and exits with 1 if there is any.
Runs as a test, so that a rule is either kept or changed here.
"""

import fnmatch
import os
import re
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True
import coroutine_shapes  # noqa: E402
import cpp_text  # noqa: E402

# The rules' tables. ------------------------------------------------------------------------------

ALL = {"base", "project", "storage", "runtime", "actors", "gateway", "python", "cluster", "cli", "examples",
       "tests", "bench"}  # fmt: skip

# folder: the folders whose headers it may include
LAYERS = {
    "base": {"base"},
    "project": {"base", "project"},
    "storage": {"base", "storage"},
    "runtime": {"base", "storage", "runtime"},
    "actors": {"base", "storage", "runtime", "actors"},
    "gateway": {"base", "runtime", "actors", "gateway"},
    "python": {"base", "storage", "runtime", "actors", "python"},
    "cluster": {"base", "runtime", "actors", "cluster"},
    "cli": ALL,
    "examples": ALL,
    "tests": ALL,
    "bench": ALL,
}

# start of an include: (patterns of the files that may have it, in words); `*` matches `/` too
LIBRARIES = [
    ("caf/", ["actors/*"], "only actors/ knows CAF"),
    (
        "boost/beast",
        ["gateway/*.cpp", "gateway/internal/*.h", "tests/*", "bench/*"],
        "Beast belongs in gateway/*.cpp and gateway/internal/*.h",
    ),
    (
        "boost/asio",
        ["actors/*", "gateway/*", "tests/*", "bench/*"],
        "Asio belongs in actors/ and gateway/; above and below, use their interfaces",
    ),
    (
        "sqlite3.h",
        ["storage/*.cpp", "tests/*", "bench/*"],
        "SQLite belongs in storage/*.cpp; declare its types forward in headers",
    ),
    (
        "nlohmann/json.hpp",
        ["*.cpp", "runtime/json.h"],
        "in headers include <nlohmann/json_fwd.hpp>; the full header takes seconds to compile",
    ),
    (
        "nlohmann/json_fwd.hpp",
        ["runtime/*", "actors/*", "gateway/*", "python/*", "cluster/*", "cli/*", "examples/*",
         "tests/*", "bench/*"],
        "base/ and storage/ know no JSON",
    ),
    (
        "pybind11/",
        ["python/*", "tests/*", "bench/*"],
        "only python/ knows the interpreter",
    ),
    ("openssl/", ["*.cpp"], "include OpenSSL in .cpp files only"),
]  # fmt: skip

BEAST_SOURCES_MAX = 4
HEADER_LINES_MAX = 300
SOURCE_LINES_MAX = 600
FUNCTION_LINES_MAX = 70
COROUTINE_LINES_MAX = 30
COLUMNS_MAX = 100
LONG_LITERAL = 40

MARKERS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
MACHINE_NAMES = re.compile(
    r"(?<![\w.])/work/|deb\.debian\.org|registry\.npmjs|pypi\.org/simple|files\.pythonhosted"
)
# What these files say about the rules would break the rules.
ABOUT_THE_RULES = {"tools/tidy.py", "tests/tools/tidy_test.py"}

CATCH_ALL_HANDLED = re.compile(
    r"\bthrow\b|current_error|current_exception|error_from_python|load_error|\blog(_\w+)?\b|spdlog::|\b(abort|terminate)\b"
    r"|\bCHECK\b|\bFAIL\b|ADD_FAILURE|\bfail_\w+\(|\bError\("
)

# The tree of files. ------------------------------------------------------------------------------

NOT_OURS = {".git", "build", "data", ".state", "__pycache__", "node_modules"}


@dataclass(frozen=True, order=True)
class Finding:
    file: str
    line: int
    rule: str
    advice: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}: {self.advice}"


class Tree:
    """The project's text files by path from the root."""

    def __init__(self, root: Path):
        self.root = root
        self.files: dict[str, str] = {}
        for path in sorted(_list_with_git(root) or _list_by_walking(root)):
            text = _read_text(root / path)
            if text is not None:
                self.files[path] = text

    def matching(self, *patterns: str):
        for path, text in self.files.items():
            if any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns):
                yield path, text

    def cpp(self):
        return self.matching("*.h", "*.cpp")


def _list_with_git(root: Path) -> list[str]:
    if not (root / ".git").exists():
        return []
    list_files = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(["git", "-C", root, *list_files], capture_output=True, text=True)
    except FileNotFoundError:
        return []
    return [path for path in done.stdout.split("\0") if path] if done.returncode == 0 else []


def _list_by_walking(root: Path) -> list[str]:
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in NOT_OURS]
        found += [(Path(folder) / name).relative_to(root).as_posix() for name in names]
    return found


def _read_text(path: Path) -> str | None:
    if not path.is_file() or path.is_symlink():
        return None
    data = path.read_bytes()
    if b"\0" in data:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def _layer(path: str) -> str:
    return PurePosixPath(path).parts[0]


def _is_test(path: str) -> bool:
    return path.startswith("tests/") or path.endswith("_test.cpp")


# Includes. ---------------------------------------------------------------------------------------


def includes(text: str):
    code = cpp_text.without_comments(text)
    for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"\n]+)[>"]', code, re.M):
        yield code.count("\n", 0, match.start()) + 1, match.group(1)


def check_layers(tree: Tree):
    for path, text in tree.cpp():
        allowed = LAYERS.get(_layer(path))
        if allowed is None:
            continue
        for line, name in includes(text):
            target = _layer(name)
            if "/" in name and target in LAYERS and target not in allowed:
                advice = f"{_layer(path)}/ may not include {name}; it may include " + ", ".join(
                    sorted(allowed)
                )
                yield Finding(path, line, "layer", advice)


def check_libraries(tree: Tree):
    for path, text in tree.cpp():
        for line, name in includes(text):
            for prefix, patterns, advice in LIBRARIES:
                if name.startswith(prefix) and not any(
                    fnmatch.fnmatchcase(path, pattern) for pattern in patterns
                ):
                    yield Finding(path, line, "library", f"<{name}>: {advice}")


def check_beast_sources(tree: Tree):
    """Each source that sees Beast costs half a minute to compile."""
    seen = {path: {name for _, name in includes(text)} for path, text in tree.matching("gateway/*")}

    def sees_beast(path: str, visited: set[str]) -> bool:
        names = seen.get(path, set()) - visited
        return any(
            name.startswith("boost/beast") or sees_beast(name, visited | names) for name in names
        )

    sources = [path for path in seen if path.endswith(".cpp") and sees_beast(path, {path})]
    for path in sources[BEAST_SOURCES_MAX:]:
        advice = f"at most {BEAST_SOURCES_MAX} sources may see Beast: {', '.join(sources)}"
        yield Finding(path, 1, "beast-sources", advice)


# Sizes. ------------------------------------------------------------------------------------------


def check_file_sizes(tree: Tree):
    for path, text in tree.cpp():
        limit = HEADER_LINES_MAX if path.endswith(".h") else SOURCE_LINES_MAX
        count = len(text.splitlines())
        if count > limit:
            yield Finding(path, count, "file-size", f"{count} lines; split it by noun to {limit}")


def check_function_sizes(tree: Tree):
    for path, text in tree.cpp():
        if _is_test(path):
            continue
        code = cpp_text.blank(text)
        lines = cpp_text.Lines(code)
        for start, body in cpp_text.functions(code):
            first = lines.at(start)
            count = lines.at(body.end) - first + 1
            awaits = re.search(r"\bco_await\b", code[body.start : body.end])
            if awaits and count > COROUTINE_LINES_MAX:
                advice = f"{count} lines with co_await; split it to {COROUTINE_LINES_MAX}"
                yield Finding(path, first, "coroutine-size", advice)
            elif count > FUNCTION_LINES_MAX:
                advice = f"{count} lines; split it to {FUNCTION_LINES_MAX}"
                yield Finding(path, first, "function-size", advice)


def _may_be_long(line: str, start: int, end: int, literals: list[tuple[int, int]]) -> bool:
    """A long literal cannot be broken without harm to searching for it; a URL not at all."""
    for first, last in literals:
        if first < end and last > start and (last - first >= LONG_LITERAL or first < start):
            return True
    return bool(re.search(r"//.*\w://\S+|^\s*#\s*include", line))


def check_columns(tree: Tree):
    for path, text in tree.cpp():
        literals = cpp_text.literals(text)
        position = 0
        for number, line in enumerate(text.splitlines(keepends=True), 1):
            start, position = position, position + len(line)
            width = len(line.rstrip("\n"))
            if width > COLUMNS_MAX and not _may_be_long(line, start, position, literals):
                yield Finding(path, number, "columns", f"{width} columns; break at {COLUMNS_MAX}")


# Code. -------------------------------------------------------------------------------------------


def check_coroutines(tree: Tree):
    for path, text in tree.cpp():
        for line, problem in coroutine_shapes.find(text):
            yield Finding(path, line, "coroutine", f"{problem}: {coroutine_shapes.ADVICE}")
    for path, text in tree.matching("README.md", "docs/*.md"):
        for block in code_blocks(text):
            if block.language not in ("cpp", "c++", "cxx"):
                continue
            for line, problem in coroutine_shapes.find(block.text):
                advice = f"{problem}: {coroutine_shapes.ADVICE}"
                yield Finding(path, block.line + line, "coroutine", advice)


def check_pragma_once(tree: Tree):
    for path, text in tree.matching("*.h"):
        if not text.startswith("#pragma once\n"):
            yield Finding(path, 1, "pragma-once", "start the header with `#pragma once`")


def check_using_namespace(tree: Tree):
    for path, text in tree.matching("*.h"):
        code = cpp_text.blank(text)
        for match in re.finditer(r"\busing\s+namespace\b", code):
            line = code.count("\n", 0, match.start()) + 1
            yield Finding(path, line, "using-namespace", "write the names out in headers")


def check_catch_all(tree: Tree):
    for path, text in tree.cpp():
        code = cpp_text.blank(text)
        blocks = {group.start: group for group in cpp_text.walk(cpp_text.tree(code))}
        for match in re.finditer(r"\bcatch\s*\(\s*\.\.\.\s*\)\s*(?=\{)", code):
            body = blocks[match.end()]
            if not CATCH_ALL_HANDLED.search(code[body.start : body.end]):
                line = code.count("\n", 0, match.start()) + 1
                advice = "`catch (...)` must rethrow, keep, log or abort; catch a type to ignore it"
                yield Finding(path, line, "catch-all", advice)


# Text. -------------------------------------------------------------------------------------------


def check_words(tree: Tree):
    for path, text in tree.files.items():
        if path in ABOUT_THE_RULES:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if match := MARKERS.search(line):
                advice = f"{match.group()}: do it now, or file it and drop the marker"
                yield Finding(path, number, "marker", advice)
            if match := MACHINE_NAMES.search(line):
                advice = f"{match.group()}: name no machine's path and no registry's host"
                yield Finding(path, number, "machine-name", advice)


# Build. ------------------------------------------------------------------------------------------


def _must_be_built(path: str) -> bool:
    layer = _layer(path)
    return layer == "tests" and path.endswith("_test.cpp") or layer in LAYERS and layer != "tests"


def _names(cmake: str, file: PurePosixPath) -> bool:
    """Literally, or as `${folder}/main.cpp` with the folder named elsewhere in the file."""

    def has(word: str) -> bool:
        return bool(re.search(rf"(?<![\w./-]){word}(?![\w./-])", cmake))

    by_folder = has(re.escape(str(file.parent))) and has(rf"\$\{{\w+\}}/{re.escape(file.name)}")
    return has(re.escape(str(file))) or by_folder


def _is_named(tree: Tree, path: str) -> bool:
    file = PurePosixPath(path)
    for folder in file.parents:
        cmake = tree.files.get((folder / "CMakeLists.txt").as_posix(), "")
        if _names(re.sub(r"#[^\n]*", "", cmake), file.relative_to(folder)):
            return True
    return False


def check_built(tree: Tree):
    for path, _ in tree.matching("*/*.cpp"):
        if _must_be_built(path) and not _is_named(tree, path):
            advice = "no CMakeLists.txt of its folder or a parent names it: add it or delete it"
            yield Finding(path, 1, "not-built", advice)


# Docs. -------------------------------------------------------------------------------------------


@dataclass
class Block:
    """A fenced block of Markdown. `line` is the fence's; `source` is what it says it quotes."""

    line: int
    language: str
    text: str
    source: str | None


def code_blocks(text: str):
    lines = text.splitlines()
    number = 0
    source = None
    while number < len(lines):
        line = lines[number]
        if match := re.match(r"\s*(```+|~~~+)\s*([\w+-]*)", line):
            fence, first = match.group(1), number
            number += 1
            while number < len(lines) and not lines[number].strip().startswith(fence):
                number += 1
            body = "".join(line + "\n" for line in lines[first + 1 : number])
            yield Block(first + 1, match.group(2).lower(), body, source)
            source = None
        elif match := re.match(r"\s*<!--\s*from:\s*(\S+)\s*-->\s*$", line):
            source = match.group(1)
        elif line.strip():
            source = None
        number += 1


_MARK = re.compile(r"^\s*(?://|#|--)\s*doc:\s*(\S+)\s*$")


def quoted(text: str, name: str | None) -> str | None:
    """A whole file, or its region `// doc: NAME` … `// doc: end`, without the marks."""
    kept, inside, found = [], name is None, name is None
    for line in text.splitlines():
        if match := _MARK.match(line):
            if name is not None:
                inside = match.group(1) == name
                found = found or inside
        elif inside:
            kept.append(line)
    return textwrap.dedent("\n".join(kept)).strip("\n") + "\n" if found else None


def quotes(tree: Tree):
    """Every quoting block: (path, block, what it should say or None)."""
    for path, text in tree.matching("README.md", "docs/*.md"):
        for block in code_blocks(text):
            if block.source is not None:
                file, _, name = block.source.partition("#")
                expected = quoted(tree.files[file], name or None) if file in tree.files else None
                yield path, block, expected


def check_quotes(tree: Tree):
    for path, block, expected in quotes(tree):
        if expected is None:
            advice = f"there is no {block.source}: name a file, or FILE#NAME with `// doc: NAME`"
            yield Finding(path, block.line, "quote", advice)
        elif block.text != expected:
            advice = f"not what {block.source} says: run tools/tidy.py --quote"
            yield Finding(path, block.line, "quote", advice)


def copy_quotes(tree: Tree) -> None:
    # From the last block of a file to its first, so that line numbers stay true.
    for path, block, expected in reversed(list(quotes(tree))):
        if expected is None or block.text == expected:
            continue
        lines = tree.files[path].splitlines(keepends=True)
        lines[block.line : block.line + len(block.text.splitlines())] = [expected]
        tree.files[path] = "".join(lines)
        (tree.root / path).write_text(tree.files[path])


# -------------------------------------------------------------------------------------------------

CHECKS = [
    check_layers,
    check_libraries,
    check_beast_sources,
    check_file_sizes,
    check_function_sizes,
    check_columns,
    check_coroutines,
    check_pragma_once,
    check_using_namespace,
    check_catch_all,
    check_words,
    check_built,
    check_quotes,
]


def check(root: Path) -> list[Finding]:
    tree = Tree(root)
    return sorted({finding for rule in CHECKS for finding in rule(tree)})


def main() -> int:
    options = [word for word in sys.argv[1:] if word.startswith("-")]
    folders = [word for word in sys.argv[1:] if not word.startswith("-")]
    if any(option != "--quote" for option in options) or len(folders) > 1:
        print(__doc__, file=sys.stderr)
        return 2
    root = Path(folders[0]) if folders else Path(__file__).resolve().parent.parent
    if options:
        copy_quotes(Tree(root))
    findings = check(root)
    for finding in findings:
        print(finding)
    if findings:
        print(f"{len(findings)} findings", file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
