"""What must hold of an object after a crash, given what clients sent and were answered.

Events (a request sent, an answer read, a death of the program) are numbered in the order in which
they happened. A write without an answer may have happened until the program died, not later.
"""

import dataclasses

ACCOUNTS = 4
DEPOSIT = 100
PIECE = 64 << 10


@dataclasses.dataclass
class Write:
    """A call that writes a row: who asked for which, and what is known of it."""
    token: str
    what: str
    sent: int
    # The answer, or the death of the program.
    end: int
    answered: bool = False
    # As answered.
    row: int | None = None

    @property
    def deletes(self):
        return self.what in ("wipe", "erase")


@dataclasses.dataclass
class Look:
    """A read that was answered: what it saw is durable too."""
    sent: int
    end: int
    count: int
    last: list


def of_rows(rows):
    """What is known of rows that were there at an earlier check."""
    return [Write(token, what, -1, -1, True, number)
            for number, (token, what) in enumerate(rows, 1)]


def summary_complaints(state):
    """Of what holds at any moment, as each turn is one transaction."""
    count = state["count"]
    if not count == state["counter"] == state["kv"]:
        yield f"{count} rows, but the counter is {state['counter']} and the key {state['kv']}"
    if sum(state["balances"]) != ACCOUNTS * DEPOSIT:
        yield f"money was made or lost: {state['balances']}"
    for token, size in state["bulk"]:
        if len(state["bulk"]) > 1 or size % PIECE != 0:
            yield f"half of a large transaction: {token} has {size} bytes"


def content_complaints(state, rows):
    """Of all else in an object's database, which follows from its rows."""
    if state["count"] != len(rows):
        yield f"{state['count']} rows are counted, {len(rows)} listed"
    balances = [DEPOSIT] * ACCOUNTS
    bulk = []
    for token, what in rows:
        kind, *values = what.split()
        if kind == "transfer":
            source, target, amount = map(int, values)
            balances[source] -= amount
            balances[target] += amount
        elif kind == "bulk":
            bulk = [[token, int(values[0]) * PIECE]]
    if state["balances"] != balances:
        yield f"balances {state['balances']}, but its transfers make {balances}"
    if state["bulk"] != bulk:
        yield f"the large transaction is {state['bulk']}, but its rows say {bulk}"


def row_complaints(rows, writes, looks):
    """Of rows [(token, what)] against what is known of this object."""
    known = {write.token: write for write in writes}
    deletions = [write for write in writes if write.deletes]

    def may_be_deleted(event, token=None):
        return any(each.token != token and each.end > event for each in deletions)

    place = {}
    last_of_client = {}
    for number, (token, what) in enumerate(rows, 1):
        if token in place:
            yield f"{token} is there twice: rows {place[token]} and {number}"
        place[token] = number
        write = known.get(token)
        if write is None or write.what != what:
            yield f"row {number}, {token} ({what}), was never sent"
            continue
        if write.row not in (None, number):
            yield f"{token} was answered as row {write.row}, and is row {number}"
        for each in deletions:
            if each.answered and each is not write and each.sent > write.end:
                yield f"{token} is there, but {each.token} ({each.what}) had deleted it"
        client, order = token.split("-")
        if order <= last_of_client.get(client, ""):
            yield f"{token} comes after {client}-{last_of_client[client]}"
        last_of_client[client] = order

    for write in writes:
        lost = write.answered and write.what != "erase" and write.token not in place
        if lost and not may_be_deleted(write.sent, write.token):
            yield f"{write.token} ({write.what}) was acknowledged as row {write.row}, and is lost"
    for look in looks:
        seen = look.last and place.get(look.last[0]) == look.count
        if look.last and not seen and not may_be_deleted(look.sent):
            yield f"a reader saw {look.last[0]} in row {look.count}, and it is lost"


def forward_complaints(tables):
    """Of tables {object: rows}: what an object sent to another was durable before it left."""
    sent = {name: {token for token, what in rows if what.startswith("forward ")}
            for name, rows in tables.items()}
    for name, rows in tables.items():
        for token, what in rows:
            kind, *values = what.split()
            if kind == "from" and token not in sent[values[0]]:
                yield f"{name} has {token} from {values[0]}, which has it no more"
