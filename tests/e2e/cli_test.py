"""The command line: help, usage, and the object commands beside and without a server."""

import json
import os
import re
import sqlite3

import harness


class UsageTest(harness.TestCase):
    def test_version_and_help(self):
        for program in ("stead", "demo"):
            done = harness.run(program, "version")
            self.assertEqual(done.returncode, 0)
            self.assertRegex(done.stdout, r"^stead \d+\.\d+\.\d+\n$")
            for arguments in ([], ["serve"], ["object"], ["object", "sql"]):
                done = harness.run(program, *arguments, "--help")
                self.assertEqual(done.returncode, 0, done)
                self.assertIn("Example: ", done.stdout)
                self.assertEqual(done.stderr, "")

    def test_wrong_usage_is_2(self):
        for arguments in ([], ["nothing"], ["--nothing"], ["serve", "--nothing"],
                          ["object"], ["object", "show"], ["serve", "--shards"]):
            done = harness.run("demo", *arguments)
            self.assertEqual(done.returncode, 2, done)
            self.assertEqual(done.stdout, "")
            self.assertNotEqual(done.stderr, "")

    def test_the_generic_program_says_how_to_serve(self):
        done = harness.run("stead", "serve", cwd=self.folder)
        self.assertEqual(done.returncode, 1)
        self.assertIn("stead::serve", done.stderr)
        self.assertEqual(os.listdir(self.folder), [])


class ObjectTest(harness.TestCase):
    def run_object(self, *arguments, program="stead"):
        return harness.run(program, "object", *arguments, "--data", self.data, cwd=self.folder)

    def ok(self, *arguments):
        done = self.run_object(*arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        return done.stdout

    def fails(self, *arguments, says):
        done = self.run_object(*arguments)
        self.assertEqual((done.returncode, done.stdout), (1, ""), done)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn(says, done.stderr)

    def fill(self):
        server = self.serve("demo")
        for name in ("alice", "albert", "bob"):
            server.post(f"/counter/{name}/increment")
        server.post("/account/alice/deposit?amount=5")
        return server

    def test_list(self):
        self.stop(self.fill())
        lines = [json.loads(line) for line in self.ok("list", "--json").splitlines()]
        self.assertEqual(sorted((line["class"], line["name"]) for line in lines),
                         [("Account", "alice"), ("Counter", "albert"), ("Counter", "alice"),
                          ("Counter", "bob")])
        for line in lines:
            self.assertRegex(line["id"], r"^[0-9a-f]{64}$")
            self.assertGreater(line["size"], 0)
        text = self.ok("list", "Counter", "--prefix", "al")
        self.assertIn("alice", text)
        self.assertIn("albert", text)
        self.assertNotIn("bob", text)
        self.assertEqual(len(self.ok("list", "--limit", "2", "--json").splitlines()), 2)
        self.assertEqual(self.ok("list", "Nothing", "--json"), "")

    def test_show_sql_export(self):
        self.stop(self.fill())
        text = self.ok("show", "Counter", "alice")
        self.assertIn("alice", text)
        self.assertIn("counter", text)
        identity = re.search(r"[0-9a-f]{64}", text)[0]
        self.assertEqual(self.ok("show", "Counter", "--id", identity), text)
        self.assertEqual(self.ok("sql", "Counter", "alice", "SELECT id, value FROM counter"),
                         "id\tvalue\n1\t1\n")
        self.fails("sql", "Counter", "alice", "SELEC", says="syntax error")
        self.fails("sql", "Counter", "alice", "UPDATE counter SET value = 7", says="--write")
        self.ok("sql", "Counter", "alice", "UPDATE counter SET value = 7", "--write")
        target = os.path.join(self.folder, "alice.sqlite")
        self.ok("export", "Counter", "alice", target)
        db = sqlite3.connect(target)
        self.assertEqual(db.execute("SELECT value FROM counter").fetchone(), (7,))
        self.assertEqual(db.execute("PRAGMA integrity_check").fetchone(), ("ok",))
        db.close()
        self.fails("export", "Counter", "alice", target, says="exists")
        server = self.serve("demo")
        self.assertEqual(server.post("/counter/alice/increment").text, "8")
        self.stop(server)

    def test_delete(self):
        self.stop(self.fill())
        self.fails("delete", "Counter", "alice", says="--yes")
        self.ok("show", "Counter", "alice")
        self.ok("delete", "Counter", "alice", "--yes")
        self.fails("show", "Counter", "alice", says="alice")
        self.fails("delete", "Counter", "alice", "--yes", says="alice")
        self.assertEqual(len(self.files("Counter")), 2)
        self.assertNotIn("alice", self.ok("list", "Counter"))
        server = self.serve("demo")
        self.assertEqual(server.get("/counter/alice").text, "0")
        self.assertEqual(server.get("/counter/bob").text, "1")
        self.stop(server)

    def test_beside_a_running_server(self):
        server = self.fill()
        self.eventually(lambda: len(self.ok("list", "Counter", "--json").splitlines()) == 3)
        self.fails("delete", "Counter", "alice", "--yes", says="in use")
        self.fails("sql", "Counter", "alice", "DELETE FROM counter", "--write", says="in use")
        # In memory, or not any more: either way a clear answer.
        done = self.run_object("sql", "Counter", "alice", "SELECT value FROM counter")
        if done.returncode == 0:
            self.assertEqual(done.stdout, "value\n1\n")
        else:
            self.assertEqual(done.returncode, 1, done)
            self.assertIn("server", done.stderr)
        self.assertEqual(server.post("/counter/alice/increment").text, "2")
        self.stop(server)

    def test_an_object_that_left_memory_is_readable_beside_the_server(self):
        server = self.serve("demo", "--set", "object.idle_timeout=100ms")
        server.post("/counter/alice/increment")
        self.eventually(lambda: self.run_object(
            "sql", "Counter", "alice", "SELECT value FROM counter").stdout == "value\n1\n")
        self.assertEqual(server.post("/counter/alice/increment").text, "2")
        self.stop(server)

    def test_what_does_not_exist(self):
        self.fails("list", says=self.data)
        self.assertFalse(os.path.exists(self.data))
        self.stop(self.fill())
        self.fails("show", "Nothing", "alice", says="Nothing")
        self.fails("show", "../../etc", "alice", says="../../etc")
        self.fails("show", "Counter", "zoe", says="zoe")
        self.fails("show", "Counter", "--id", "abc", says="64 hexadecimal digits")
        self.fails("show", "Counter", "--id", "0" * 64, says="not valid for this namespace")


if __name__ == "__main__":
    harness.main()
