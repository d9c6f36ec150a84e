"""Finds the coroutine shapes that GCC 12 miscompiles (docs/coroutines.md)."""

import re

import cpp_text
from cpp_text import Group

ADVICE = "await into a name, then use the name (docs/coroutines.md)"

_CONDITION = re.compile(r"\b(if(?:\s+constexpr)?|switch|while|for)\s*$")
_HIDDEN_IF = re.compile(r"\b((?:EXPECT|ASSERT)_\w+|CHECK\w*)\s*$")
_BINDING = re.compile(r"\bauto\s*&{0,2}\s*$")
_VALUE_WORD = re.compile(r"\b(return|co_return|co_await|co_yield|case|else|do)\s*$")


def _before(code: str, group: Group) -> str:
    return code[max(0, group.start - 80) : group.start]


def _chain(root: Group, position: int) -> list[Group]:
    """The groups around a position, innermost first, up to and with the block of statements."""
    group, inside = root, True
    while inside:
        inside = next((c for c in group.children if c.start < position < c.end), None)
        group = inside or group
    chain = [group]
    while not chain[-1].block:
        chain.append(chain[-1].parent)
    return chain


def _statement(code: str, block: Group, position: int) -> tuple[int, int]:
    """The bounds of the statement at a position of a block, without `if (…)` and the like."""
    start, end = block.start + 1, block.end
    inside = [c for c in block.children if not c.block]
    for child in block.children:
        heads = child.kind == "(" and _CONDITION.search(_before(code, child))
        if (child.block or heads) and child.end < position:
            start = max(start, child.end + 1)
        if child.block and child.start > position:
            end = min(end, child.start)
    for match in re.compile(";").finditer(code, start, end):
        where = match.start()
        if any(c.start < where < c.end for c in inside):
            continue
        if where > position:
            return start, where
        start = where + 1
    return start, end


def _groups_in(block: Group, start: int, end: int):
    """The groups of a statement, nested blocks (bodies of lambdas) left out."""
    for child in block.children:
        if child.block or child.end < start or child.start >= end:
            continue
        yield child
        yield from _groups_in(child, start, end)


def _is_capture(code: str, group: Group) -> bool:
    before = _before(code, group).rstrip()
    if group.kind != "[" or before.endswith("[") or _BINDING.search(before):
        return False
    if code[group.start + 1] == "[":
        return False
    return bool(_VALUE_WORD.search(before)) or not re.search(r"[\w)\]]$", before)


def _copies(captures: str) -> bool:
    """`[&]`, `[&x]` and `[this]` copy nothing that has a destructor."""
    return any(not re.match(r"\s*(&|this\s*$|$)", item) for item in captures.split(","))


def _conditions(code: str, chain: list[Group]):
    for group in chain:
        before = _before(code, group)
        if group.kind != "(":
            continue
        if match := _CONDITION.search(before):
            yield f"co_await inside `{match.group(1)} (`"
        elif match := _HIDDEN_IF.search(before):
            yield f"co_await inside `{match.group(1)}(`, which is an `if`"


def _at(code: str, root: Group, position: int):
    chain = _chain(root, position)
    yield from _conditions(code, chain)
    block = chain[-1]
    start, end = _statement(code, block, position)
    text = list(code[start:end])
    for group in _groups_in(block, start, end):
        for nested in group.children:
            if nested.block:
                text[nested.start - start : nested.end - start] = " " * (nested.end - nested.start)
        if group.kind == "{":
            if group in chain:
                yield "co_await inside a braced initialiser"
            else:
                yield "co_await and a braced initialiser `{…}` in one statement"
        elif _is_capture(code, group) and _copies(code[group.start + 1 : group.end]):
            yield "co_await and a lambda that captures by copy in one statement"
    if "?" in "".join(text):
        yield "co_await and `?:` in one statement"


def find(text: str) -> list[tuple[int, str]]:
    """(line, what is wrong), each once."""
    code = cpp_text.blank(text)
    root, lines = cpp_text.tree(code), cpp_text.Lines(code)
    found: dict[tuple[int, str], None] = {}
    for match in re.finditer(r"\bco_await\b", code):
        for problem in _at(code, root, match.start()):
            found[lines.at(match.start()), problem] = None
    return list(found)
