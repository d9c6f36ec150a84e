"""A rough reader of C++ text: enough structure for tidy.py, no more.

It knows comments, literals, brackets and which `{` opens a block of statements. It does not know
macros or types, so what it says is about the shape of the text.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""//[^\n]*(?:\\\n[^\n]*)*            # line comment
      | /\*.*?(?:\*/|\Z)                   # block comment
      | (?:u8|[uUL])?R"(?P<mark>[^()\\\s]{0,16})\(.*?(?:\)(?P=mark)"|\Z)   # raw string
      | "(?:\\.|[^"\\\n])*"?               # string
      | (?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'   # character, but not the ' of 1'000
    """,
    re.VERBOSE | re.DOTALL,
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}


def _spaces(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _hollow(text: str) -> str:
    """A literal with its quotes kept and its inside blanked, so that `f("")` stays a call."""
    return text if len(text) < 2 else text[0] + _spaces(text[1:-1]) + text[-1]


def blank(text: str) -> str:
    """The text with comments and the insides of literals blanked, every position kept."""

    def replace(match: re.Match) -> str:
        token = match.group()
        if token.startswith("/"):
            return _spaces(token)
        return '"' + _spaces(token[1:-1]) + '"' if len(token) > 1 else _hollow(token)

    return _TOKEN.sub(replace, text)


def without_comments(text: str) -> str:
    """The text with comments blanked and literals kept: for reading `#include "…"`."""
    return _TOKEN.sub(lambda m: _spaces(m.group()) if m.group()[0] == "/" else m.group(), text)


def literals(text: str) -> list[tuple[int, int]]:
    """Where the string literals are: (start, end)."""
    return [m.span() for m in _TOKEN.finditer(text) if '"' in m.group()[:4] and m.group()[0] != "/"]


class Lines:
    """Turns a position into a line number, counted from 1."""

    def __init__(self, text: str):
        self._starts = [0] + [m.end() for m in re.finditer("\n", text)]

    def at(self, position: int) -> int:
        return bisect_right(self._starts, position)


@dataclass
class Group:
    """A bracketed piece of text. `block` tells a `{` of statements or declarations from a value."""

    kind: str
    start: int
    end: int = -1
    parent: "Group | None" = None
    block: bool = False
    children: list["Group"] = field(default_factory=list)


def _drop_directives(code: str) -> str:
    """Preprocessor lines blanked: an `#if` pair may hold a bracket twice."""
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: _spaces(m.group()), code, flags=re.M)


def _opens_block(code: str, start: int, parent: Group) -> bool:
    before = code[parent.start + 1 : start]
    previous = before.rstrip()[-1:]
    if parent.kind == "{" and not parent.block and previous in ("", ","):
        return False
    if previous in ("", ";", "{", "}"):
        return parent.kind == "{"
    if previous in ")]":
        return True
    if previous in "(,=?&|+<":
        return False
    clause = re.split(r"[;{}]", before)[-1]
    if re.search(r"\b(else|do|try|const|noexcept|override|final|mutable|volatile)\s*$", clause):
        return True
    if re.search(r"\)[\w\s]*->[\w\s:<>,*&\[\]().]*$", clause):
        return True
    if parent.kind != "{":
        return False
    declares = r"\b(class|struct|union|enum|namespace|requires|extern)\b[^()]*$"
    return previous == ":" or bool(re.search(declares, clause) or "requires" in clause)


def tree(code: str) -> Group:
    """The brackets of blanked text, as a tree under one block that is the whole file."""
    code = _drop_directives(code)
    root = Group("{", -1, len(code), None, True)
    here = root
    for match in re.finditer(r"[][(){}]", code):
        char, position = match.group(), match.start()
        if char in _CLOSING:
            group = Group(char, position, parent=here)
            group.block = char == "{" and _opens_block(code, position, here)
            here.children.append(group)
            here = group
            continue
        while here is not root and _CLOSING[here.kind] != char:
            here.end, here = position, here.parent
        if here is not root:
            here.end, here = position, here.parent
    while here is not root:
        here.end, here = len(code), here.parent
    return root


def walk(group: Group):
    for child in group.children:
        yield child
        yield from walk(child)


def head(code: str, group: Group) -> tuple[int, str]:
    """What stands before a block: its start and its text, back to the end of what precedes it."""
    start = group.parent.start + 1
    for sibling in group.parent.children:
        if sibling.start >= group.start:
            break
        if sibling.block and sibling.end >= start:
            start = sibling.end + 1
    before = code[start : group.start]
    # A `;` inside brackets, as in `for (;;)`, ends nothing.
    flat = list(before)
    for sibling in group.parent.children:
        if start <= sibling.start and sibling.end < group.start:
            flat[sibling.start - start : sibling.end + 1 - start] = " " * (
                sibling.end + 1 - sibling.start
            )
    cut = "".join(flat).rfind(";") + 1
    text = before[cut:]
    skipped = re.match(r"(\s|\b(?:public|private|protected)\s*:(?!:)|#[^\n]*)*", text).end()
    return start + cut + skipped, text[skipped:]


def is_function_head(text: str) -> bool:
    text = re.sub(r"^template\s*<[^{}]*?>\s*(?=class|struct|union)", "", text)
    if re.match(r"(inline\s+)?(namespace|class|struct|union|enum|extern)\b", text):
        return False
    if "(" not in text:
        return False
    flat = re.sub(r"\boperator\s*[^\w\s]+", "operator(", text)
    for _ in range(3):
        flat = re.sub(r"\([^()]*\)", "", flat)
    return not re.search(r"(?<![<>=!])=(?!=)", flat)


def functions(code: str) -> list[tuple[int, Group]]:
    """The outermost functions of blanked text: (where the head starts, the body)."""
    code = _drop_directives(code)
    found: list[tuple[int, Group]] = []

    def visit(group: Group) -> None:
        for child in group.children:
            if not child.block:
                continue
            start, text = head(code, child)
            if is_function_head(text):
                found.append((start, child))
            else:
                visit(child)

    visit(tree(code))
    return found
