#!/usr/bin/env python3
"""Kills the program at random under load, starts it again, and checks that what it promised holds.

    crash_test.py --program build/dev/bin/ledger_app [--cycles 20] [--seed S] [--clients 16]
                  [--objects 200] [--keep] [--args ARGUMENT...]

docs/testing.md tells what is checked. The seed decides what is sent and when the program is killed;
what the machine makes of it differs from run to run.
"""

import argparse
import collections
import concurrent.futures
import http.client
import itertools
import json
import os
import random
import shlex
import shutil
import sqlite3
import sys
import tempfile
import time

import check
from load import Life, Objects, Tokens
from program import Failure, Program

# Then a new data directory, as checking takes longer the more there is.
CYCLES_OF_A_ROUND = 25
COMPLAINTS_SHOWN = 20


class Round:
    """Some lives of the program on one data directory."""

    def __init__(self, options, seed, folder):
        self.options, self.seed, self.folder = options, seed, folder
        self.rng = random.Random(seed)
        self.program = Program(options.program, folder, options.args)
        self.objects = Objects(options.objects)
        self.events = itertools.count()
        self.tokens = [Tokens(client) for client in range(options.clients)]
        # As of the last check, and what came since.
        self.rows = {name: [] for name in self.objects.names}
        self.writes = collections.defaultdict(list)
        self.looks = collections.defaultdict(list)
        self.in_doubt = set()

    def run(self, cycles):
        """Runs the cycles with these numbers; gives how many writes were acknowledged."""
        try:
            total = sum(self.cycle(number) for number in cycles)
            self.program.start()
            self.check()
            self.program.stop()
            self.check_files()
            return total
        finally:
            self.program.end()

    def cycle(self, number):
        idle = self.rng.choice(["20ms", "200ms", "10s"])
        arguments = ["--set", f"object.idle_timeout={idle}"]
        story = [f"idle {idle}"]
        if self.rng.random() < 0.3:
            for _ in range(self.rng.choice([1, 1, 2])):
                self.program.launch(arguments)
                time.sleep(self.rng.uniform(0, 0.3))
                self.program.crash()
                story.append("killed at start")
        self.program.start(arguments)
        # Without a check, the program recovers while under load.
        if self.rng.random() < 0.7:
            story.append(self.check())
        acknowledged, in_doubt = self.load(number, story)
        print(f"cycle {number}: {', '.join(filter(None, story))}: {acknowledged} acknowledged, "
              f"{in_doubt} in doubt", flush=True)
        return acknowledged

    def load(self, number, story):
        life = Life(self.program, os.path.join(self.folder, f"life{number:03}"), self.objects,
                    f"{self.seed}/{number}", self.options.clients)
        with concurrent.futures.ThreadPoolExecutor(self.options.clients) as pool:
            work = [pool.submit(life.run_client, client, self.events, self.tokens[client])
                    for client in range(self.options.clients)]
            try:
                seconds = self.rng.choice([0.25, 1, 1, 1]) * self.rng.uniform(0.5, 1.5)
                time.sleep(seconds)
                story.append(f"{seconds:.2f} s of load")
                life.ending.set()
                self.bring_down(story)
            finally:
                self.program.end()
        for each in work:
            each.result()
        fail_with(life.surprises)
        acknowledged, in_doubt = life.read(next(self.events), self.writes, self.looks)
        self.in_doubt |= in_doubt
        return acknowledged, len(in_doubt)

    def bring_down(self, story):
        how, = self.rng.choices(["kill", "kill in stop", "stop"], [7, 2, 1])
        story.append(how)
        if how == "kill":
            self.program.crash()
        elif how == "stop":
            self.program.stop()
        else:
            self.program.send_stop()
            time.sleep(self.rng.uniform(0, 0.1))
            # It may have been faster.
            if self.program.kill() not in (0, -9):
                raise Failure("neither stopped nor killed\n" + self.program.log_tail())

    def check(self):
        """Compares every object with the ledgers; what it finds is the base of the next check."""
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            states = dict(itertools.chain.from_iterable(
                pool.map(self.read, (self.objects.names[part::4] for part in range(4)))))
        complaints = []
        for name, state in states.items():
            complaints += [f"{name}: {each}" for each in self.object_complaints(name, state)]
        complaints += check.forward_complaints(self.rows)
        fail_with(complaints)
        happened = {token for rows in self.rows.values() for token, _ in rows} & self.in_doubt
        story = f"{len(happened)} of {len(self.in_doubt)} in doubt had happened"
        self.writes.clear()
        self.looks.clear()
        self.in_doubt.clear()
        return story

    def read(self, names):
        states = []
        with self.program.client() as connection:
            for name in names:
                try:
                    reply = connection.get(f"/ledger/{name}")
                except (OSError, http.client.HTTPException) as error:
                    raise Failure(f"{name}: {error!r}\n{self.program.log_tail()}") from error
                if reply.status != 200:
                    raise Failure(f"{name} cannot be read: {reply}\n{self.program.log_tail()}")
                states.append((name, json.loads(reply.text)))
        return states

    def object_complaints(self, name, state):
        numbers = [row[0] for row in state["rows"]]
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"row numbers are not 1, 2, …: {numbers}"
        rows = [(token, what) for _, token, what in state["rows"]]
        yield from check.summary_complaints(state)
        yield from check.content_complaints(state, rows)
        yield from check.row_complaints(
            rows, check.of_rows(self.rows[name]) + self.writes[name], self.looks[name])
        self.rows[name] = rows

    def check_files(self):
        """The same without the program: after a stop each object is one plain SQLite file."""
        found = {}
        complaints = []
        for folder, _, files in os.walk(os.path.join(self.program.data, "objects", "Ledger")):
            for path in (os.path.join(folder, file) for file in files if file.endswith(".sqlite")):
                name, state, problems = read_file(path)
                complaints += [f"{path}: {each}" for each in problems]
                found[name] = state
        for name, rows in self.rows.items():
            if name not in found:
                complaints += [f"{name} has {len(rows)} rows and no file"] if rows else []
                continue
            complaints += [f"{name}, in its file: {each}"
                           for each in self.object_complaints(name, found[name])]
        fail_with(complaints)


def read_file(path):
    """An object's name, its state as the program would answer it, and what is wrong with it."""
    database = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)

    def column(sql):
        return [row[0] for row in database.execute(sql)]

    try:
        problems = [each for each in column("PRAGMA integrity_check") if each != "ok"]
        name, = column("SELECT value FROM _stead_meta WHERE key = 'name'")
        state = {
            "rows": database.execute("SELECT row, token, what FROM entry ORDER BY row").fetchall(),
            "count": column("SELECT count(*) FROM entry")[0],
            "counter": column("SELECT value FROM counter")[0],
            "kv": sum(column("SELECT value FROM _stead_kv WHERE key = 'count'")),
            "balances": column("SELECT balance FROM account ORDER BY id"),
            "bulk": [list(row) for row in database.execute(
                "SELECT token, sum(length(data)) FROM bulk GROUP BY token")],
        }
        for token, data in database.execute("SELECT token, data FROM bulk"):
            if data != ((token + " ") * check.PIECE)[:check.PIECE]:
                problems.append(f"the large transaction of {token} has other contents")
        return name, state, problems
    finally:
        database.close()


def fail_with(complaints):
    if complaints:
        more = len(complaints) - COMPLAINTS_SHOWN
        raise Failure("\n".join(complaints[:COMPLAINTS_SHOWN] +
                                ([f"and {more} more"] if more > 0 else [])))


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True, help="ledger_app of a build tree")
    parser.add_argument("--cycles", type=int, default=20)
    parser.add_argument("--seed", default=str(random.randrange(1_000_000)))
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--objects", type=int, default=200)
    parser.add_argument("--keep", action="store_true", help="keep the data of a failure")
    parser.add_argument("--args", nargs=argparse.REMAINDER, default=[],
                        help="the rest is given to the program")
    return parser.parse_args()


def replay(options):
    return shlex.join(["python3", "-B", sys.argv[0], "--program", options.program,
                       "--cycles", str(options.cycles), "--seed", options.seed,
                       "--clients", str(options.clients), "--objects", str(options.objects),
                       "--keep",
                       *(["--args", *options.args] if options.args else [])])


def main():
    options = parse()
    print(f"seed {options.seed}", flush=True)
    begin = time.monotonic()
    total = 0
    for first in range(0, options.cycles, CYCLES_OF_A_ROUND):
        folder = tempfile.mkdtemp(prefix="stead_crash_")
        keep = False
        try:
            last = min(first + CYCLES_OF_A_ROUND, options.cycles)
            total += Round(options, f"{options.seed}/{first}", folder).run(range(first, last))
        except Failure as failure:
            print(f"FAILED: {failure}\nagain: {replay(options)}")
            keep = options.keep
            if keep:
                print(f"data, log and ledgers: {folder}")
            return 1
        finally:
            if not keep:
                shutil.rmtree(folder, ignore_errors=True)
    print(f"passed: {options.cycles} cycles, {total} acknowledged writes, "
          f"{time.monotonic() - begin:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
