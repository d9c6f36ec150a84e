#!/usr/bin/env python3
"""A disk that fails, is full, or has damaged the journal: what was acknowledged is never lost.

    disk_faults_test.py --program build/dev/bin/ledger_app
                        --preload build/dev/tests/crash/libfault_preload.so [unittest arguments]
"""

import argparse
import collections
import glob
import http.client
import itertools
import json
import os
import random
import re
import sys
import tempfile
import threading
import time
import unittest

import check
from load import Tokens
from program import PATIENCE, Program

_options = argparse.Namespace()
BLOCK = 4096
OBJECTS = [f"o{number}" for number in range(10)]


def journal_files(data):
    """In the order of their names, those that hold anything."""
    return [path for path in sorted(glob.glob(os.path.join(data, "journal", "*.journal")))
            if used_bytes(path) > 0]


def used_bytes(path):
    """Journals are made longer in advance, with zeros."""
    with open(path, "rb") as file:
        return len(file.read().rstrip(b"\0"))


def last_journal(data):
    return max(journal_files(data), key=lambda path: os.stat(path).st_mtime_ns)


class Ledgers:
    """Writes to the objects, and knows what must be there."""

    def __init__(self):
        self.events, self.tokens = itertools.count(), Tokens(0)
        self.lock = threading.Lock()
        self.writes = collections.defaultdict(list)
        self.looks = collections.defaultdict(list)

    def write(self, connection, name, method="append", *arguments):
        """Gives the status; 0 if the connection broke."""
        with self.lock:
            what = " ".join(map(str, [method, *arguments]))
            write = check.Write(next(self.tokens), what, next(self.events), sys.maxsize)
            self.writes[name].append(write)
        try:
            reply = connection.post(f"/ledger/{name}/{method}",
                                    json.dumps([write.token, *arguments]))
        except (OSError, http.client.HTTPException):
            return 0
        if reply.status == 200:
            write.end, write.answered, write.row = next(self.events), True, int(reply.text)
        return reply.status

    def check(self, test, program):
        """Every object can be read, and has what it must."""
        with program.client() as connection:
            for name in OBJECTS:
                sent = next(self.events)
                reply = connection.get(f"/ledger/{name}")
                test.assertEqual(reply.status, 200, reply)
                state = json.loads(reply.text)
                rows = [(token, what) for _, token, what in state["rows"]]
                test.assertEqual(
                    [*check.summary_complaints(state), *check.content_complaints(state, rows),
                     *check.row_complaints(rows, self.writes[name], self.looks[name])], [], name)
                self.looks[name].append(
                    check.Look(sent, next(self.events), state["count"], state["last"]))


class TestCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="stead_faults_", ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.folder = os.path.realpath(folder.name)
        self.program = Program(_options.program, self.folder)
        self.addCleanup(self.program.end)
        self.ledgers = Ledgers()

    def control(self, name):
        return os.path.join(self.folder, name)

    def start_on_bad_disk(self, *arguments):
        """The disk fails while the file `sync` or `write` exists."""
        asan = [os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0"]
        self.program.start(arguments, {
            "LD_PRELOAD": _options.preload,
            "ASAN_OPTIONS": ":".join(filter(None, asan)),
            "STEAD_TEST_FAULT_PATH": os.path.join(self.program.data, "journal") + os.sep,
            "STEAD_TEST_FAIL_SYNC": self.control("sync"),
            "STEAD_TEST_FAIL_WRITE": self.control("write")})

    def break_disk(self, control):
        open(self.control(control), "w").close()

    def repair_disk(self, control):
        os.remove(self.control(control))

    def write_all(self, rounds):
        with self.program.client() as connection:
            for _ in range(rounds):
                for name in OBJECTS:
                    self.assertEqual(self.ledgers.write(connection, name), 200)

    def assert_fails_to_start(self):
        """Gives what it says."""
        before = os.path.getsize(self.program.log)
        self.program.launch()
        self.assertGreater(self.program.wait(), 0, self.program.log_tail())
        with open(self.program.log) as log:
            log.seek(before)
            return log.read()

    def go_on(self):
        """Starts it again: all is there, and stays there over another crash."""
        self.program.start()
        self.ledgers.check(self, self.program)
        self.write_all(1)
        self.program.crash()
        self.program.start()
        self.ledgers.check(self, self.program)
        self.program.stop()


class SyncTest(TestCase):
    def test_a_failed_sync_ends_the_program_and_acknowledges_nothing(self):
        self.start_on_bad_disk()
        self.write_all(5)
        self.break_disk("sync")
        statuses = []

        def work(client):
            with self.program.client() as connection:
                for name in itertools.cycle(OBJECTS[client:] + OBJECTS[:client]):
                    status = self.ledgers.write(connection, name)
                    if status == 0:
                        return
                    statuses.append(status)

        clients = [threading.Thread(target=work, args=[client]) for client in range(4)]
        for each in clients:
            each.start()
        try:
            self.assertGreater(self.program.wait(), 0, self.program.log_tail())
        finally:
            self.program.end()
            for each in clients:
                each.join()
        self.assertEqual([status for status in statuses if status < 500], [])
        log = self.program.log_tail()
        self.assertIn(os.path.join(self.program.data, "journal"), log)
        self.assertIn("Input/output error", log)
        # What to do: see to the disk, then start it again.
        self.assertRegex(log, r"\b(re)?start\b")
        self.repair_disk("sync")
        self.go_on()


class FullDiskTest(TestCase):
    def test_a_full_disk_refuses_writes_only_and_only_while_it_is_full(self):
        self.fill_disk("10s")

    def test_a_full_disk_while_objects_come_and_go(self):
        self.fill_disk("20ms")

    def fill_disk(self, idle):
        self.start_on_bad_disk("--set", f"object.idle_timeout={idle}")
        self.write_all(5)
        with self.program.client() as connection:
            self.break_disk("write")
            for _ in range(3):
                for name in OBJECTS:
                    self.assertGreaterEqual(self.ledgers.write(connection, name), 500)
                self.assertGreaterEqual(
                    self.ledgers.write(connection, OBJECTS[0], "bulk", 16), 500)
                self.ledgers.check(self, self.program)
            self.repair_disk("write")
            for name in OBJECTS:
                end = time.monotonic() + PATIENCE
                while self.ledgers.write(connection, name) != 200:
                    self.assertLess(time.monotonic(), end, f"{name} cannot be written again")
                    time.sleep(0.05)
        self.write_all(2)
        self.ledgers.check(self, self.program)
        self.program.crash()
        self.go_on()


class DamageTest(TestCase):
    def setUp(self):
        super().setUp()
        self.program.start()
        self.write_all(40)
        self.program.crash()
        self.assertTrue(journal_files(self.program.data), "nothing is in the journal")

    def test_a_flipped_bit_is_told_and_nothing_is_touched(self):
        path = journal_files(self.program.data)[0]
        with open(path, "r+b") as file:
            data = file.read()
            # A byte that means something, rather than what fills a block.
            at = next(at for at in range(used_bytes(path) // 3, len(data)) if data[at] != 0)
            file.seek(at)
            file.write(bytes([data[at] ^ 0x10]))
        said = self.assert_fails_to_start()
        self.assertIn(os.path.basename(path), said)
        self.assertRegex(said.replace(path, ""), r"\b\d+\b", "says no offset")
        with open(path, "r+b") as file:
            file.seek(at)
            file.write(data[at:at + 1])
        self.go_on()

    def test_a_cut_tail_is_what_a_crash_leaves(self):
        path = last_journal(self.program.data)
        os.truncate(path, used_bytes(path) - 16)
        self.go_on_without_last()

    def test_a_tail_of_zeros_is_what_a_crash_leaves(self):
        path = last_journal(self.program.data)
        at = used_bytes(path) - 16
        with open(path, "r+b") as file:
            file.seek(at)
            file.write(bytes(16))
        self.go_on_without_last()

    def test_garbage_behind_the_tail_is_what_a_crash_leaves(self):
        path = last_journal(self.program.data)
        next_block = -(-used_bytes(path) // BLOCK) * BLOCK
        with open(path, "r+b") as file:
            file.seek(next_block)
            file.write(random.Random(1).randbytes(BLOCK))
        self.go_on()

    def go_on_without_last(self):
        """The damage may have cost the very last write, no other."""
        self.ledgers.writes[OBJECTS[-1]][-1].answered = False
        self.ledgers.writes[OBJECTS[-1]][-1].row = None
        self.go_on()


def main():
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--program", required=True)
    parser.add_argument("--preload", required=True)
    _, rest = parser.parse_known_args(namespace=_options)
    _options.preload = os.path.abspath(_options.preload)
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)


if __name__ == "__main__":
    main()
