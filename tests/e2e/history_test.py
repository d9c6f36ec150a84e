"""Point-in-time recovery: a real program writes, and the commands go back."""

import datetime
import os
import re
import sqlite3
import time

import harness

HISTORY = ("--set", "history.keep=24h")


def iso(moment, zone=datetime.timezone.utc):
    return datetime.datetime.fromtimestamp(moment, zone).isoformat(timespec="milliseconds")


class HistoryTest(harness.TestCase):
    def run_object(self, *arguments, settings=()):
        return harness.run("stead", "object", *arguments, "--data", self.data, *settings,
                           cwd=self.folder)

    def ok(self, *arguments, settings=()):
        done = self.run_object(*arguments, settings=settings)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        return done.stdout

    def fails(self, *arguments, says):
        done = self.run_object(*arguments)
        self.assertEqual((done.returncode, done.stdout), (1, ""), done)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn(says, done.stderr)

    def value(self, name="alice"):
        return self.ok("sql", "Counter", name, "SELECT value FROM counter").split()[-1]

    def count(self, server, times, name="alice"):
        """Increments, and gives the time afterwards."""
        for _ in range(times):
            self.assertEqual(server.post(f"/counter/{name}/increment").status, 200)
        time.sleep(0.02)
        now = time.time()
        time.sleep(0.02)
        return now

    def undo(self, printed):
        """The arguments of the command that a command printed."""
        return re.search(r"^to undo: object (.*)$", printed, re.M)[1].split()

    def test_restore_and_its_undo(self):
        server = self.serve("demo", *HISTORY)
        three = self.count(server, 3)
        self.count(server, 4)
        self.stop(server)
        printed = self.ok("restore", "Counter", "alice", "--at", iso(three))
        self.assertRegex(printed, r"^restored Counter\(alice\) as of bookmark [0-9a-f]{8}-")
        self.assertEqual(self.value(), "3")
        again = self.ok("restore", "Counter", "alice", "--at", iso(three))
        self.assertIn("nothing was changed", again)
        server = self.serve("demo", *HISTORY)
        self.assertEqual(server.post("/counter/alice/increment").text, "4")
        self.stop(server)
        self.ok(*self.undo(printed))
        self.assertEqual(self.value(), "7")
        east = datetime.timezone(datetime.timedelta(hours=5, minutes=30))
        self.ok("restore", "Counter", "alice", "--at", iso(three, east))
        self.assertEqual(self.value(), "3")

    def test_after_kills_and_deletion(self):
        times = []
        for life in range(3):
            server = self.serve("demo", *HISTORY, "--set", "object.idle_timeout=50ms")
            times.append(self.count(server, 2))
            if life == 1:
                time.sleep(0.3)  # the object leaves memory
            server.kill()
        for life in (1, 0, 2):
            self.ok("restore", "Counter", "alice", "--at", iso(times[life]))
            self.assertEqual(self.value(), str(2 * life + 2))
        printed = self.ok("delete", "Counter", "alice", "--yes")
        self.fails("show", "Counter", "alice", says="has stored nothing")
        self.ok(*self.undo(printed))
        self.assertEqual(self.value(), "6")
        self.assertIn("alice", self.ok("list", "Counter"))
        self.fails("restore", "Counter", "bob", "--at", iso(times[1]), says="did not exist")

    def test_export_and_fork(self):
        server = self.serve("demo", *HISTORY)
        two = self.count(server, 2)
        self.count(server, 3)
        self.stop(server)
        target = os.path.join(self.folder, "then.sqlite")
        self.ok("export", "Counter", "alice", target, "--at", iso(two))
        db = sqlite3.connect(target)
        self.assertEqual(db.execute("SELECT value FROM counter").fetchone(), (2,))
        self.assertEqual(db.execute("PRAGMA integrity_check").fetchone(), ("ok",))
        db.close()
        self.fails("export", "Counter", "alice", target, "--at", iso(two), says="exists already")
        self.assertEqual(self.value(), "5")

        self.ok("fork", "Counter", "alice", "then", "--at", iso(two))
        self.ok("fork", "Counter", "alice", "now")
        self.assertEqual((self.value("then"), self.value("now"), self.value()), ("2", "5", "5"))
        self.assertRegex(self.ok("show", "Counter", "then"), r"name +then\n")
        self.fails("fork", "Counter", "alice", "now", says="exists already")
        self.assertEqual(len(self.ok("list", "Counter").splitlines()), 3)
        server = self.serve("demo", *HISTORY)
        self.assertEqual(server.post("/counter/then/increment").text, "3")
        self.assertEqual(server.get("/counter/alice").text, "5")
        self.stop(server)

    def test_a_written_statement_can_be_undone(self):
        server = self.serve("demo", *HISTORY)
        self.count(server, 2)
        self.stop(server)
        printed = self.ok("sql", "Counter", "alice", "UPDATE counter SET value = 70", "--write")
        self.assertEqual(self.value(), "70")
        self.ok(*self.undo(printed))
        self.assertEqual(self.value(), "2")

    def test_relative_times(self):
        server = self.serve("demo", *HISTORY)
        begin = self.count(server, 1)
        time.sleep(1)
        self.count(server, 1)
        self.stop(server)
        ago = int((time.time() - begin) * 1000)
        self.ok("restore", "Counter", "alice", "--at", f"-{ago}ms")
        self.assertEqual(self.value(), "1")
        self.fails("restore", "Counter", "alice", "--at", "-100h", says="history does not go back")

    def test_what_cannot_be(self):
        server = self.serve("demo")
        old = self.count(server, 2)
        self.fails("restore", "Counter", "alice", "--at", "-1s", says="history.keep")
        self.stop(server)
        self.fails("restore", "Counter", "alice", "--at", "-1s", says="no history is kept")
        server = self.serve("demo", *HISTORY)
        self.count(server, 1)
        self.fails("restore", "Counter", "alice", "--at", "-1s", says="in use")
        self.fails("fork", "Counter", "alice", "bob", says="in use")
        self.stop(server)
        self.fails("restore", "Counter", "alice", "--at", iso(old), says="it begins at 20")
        self.fails("restore", "Counter", "alice", "--at", "yesterday", says="expected a time")
        self.fails("restore", "Counter", "alice", "--at", "2999-01-01T00:00:00Z", says="future")
        self.fails("restore", "Counter", "alice", "--at", "ffffffff-00000000", says="future")
        self.fails("restore", "Counter", "zoe", "--at", "-0s", says="expected a time")
        self.fails("fork", "Counter", "zoe", "bob", says="has stored nothing")
        done = self.run_object("restore", "Counter", "alice")
        self.assertEqual(done.returncode, 2, done)
        self.assertEqual(self.value(), "3")

    def test_history_is_bounded(self):
        server = self.serve("demo", *HISTORY, "--set", "history.bytes=3MiB",
                            "--set", "journal.segment_bytes=1MiB", "--set", "journal.segments=2",
                            "--set", "object.idle_timeout=100ms")
        folder = os.path.join(self.data, "history")
        for round in range(12):
            for _ in range(80):
                reply = server.post(f"/guestbook/{round}", "author=a&text=" + os.urandom(900).hex(),
                                    {"Content-Type": "application/x-www-form-urlencoded"})
                self.assertLess(reply.status, 400, reply)
            self.count(server, 1)
        self.eventually(lambda: os.path.isdir(folder) and 0 < sum(
            os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder)) <= 3 << 20)
        self.stop(server)


if __name__ == "__main__":
    harness.main()
