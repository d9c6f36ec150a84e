"""The journal of a real program: what a kill leaves, what is read of it, and what damage does."""

import json
import os

import harness


class JournalTest(harness.TestCase):
    def run_journal(self, *arguments):
        return harness.run("stead", "journal", *arguments, "--data", self.data, cwd=self.folder)

    def kill_with_commits(self, count=5):
        """A journal with batches of which none is in a file yet."""
        server = self.serve("demo")
        for expected in range(1, count + 1):
            self.assertEqual(server.post("/counter/alice/increment").text, str(expected))
        server.kill()

    def newest_segment(self):
        folder = os.path.join(self.data, "journal")
        names = [name for name in os.listdir(folder) if name.endswith(".journal")]
        return os.path.join(folder, max(names))

    def flip(self, path, offset):
        with open(path, "r+b") as file:
            file.seek(offset)
            byte = file.read(1)[0]
            file.seek(offset)
            file.write(bytes([byte ^ 1]))

    def test_what_a_kill_leaves_is_sound_and_readable(self):
        self.kill_with_commits()
        done = self.run_journal("verify")
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        self.assertTrue(done.stdout.endswith("sound\n"), done.stdout)
        done = self.run_journal("dump", "--json", "--pages")
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        records = [json.loads(line) for line in done.stdout.splitlines()]
        counter = [record for record in records if record["class"] == "Counter"]
        self.assertEqual(counter[0]["kind"], "create")
        self.assertEqual(len(counter), 5)
        for before, record in zip(counter, counter[1:]):
            self.assertEqual(record["previous"], before["number"])
        done = self.run_journal("dump", "--object", counter[0]["id"])
        self.assertEqual(len(done.stdout.splitlines()), 1 + len(counter))
        server = self.serve("demo")
        self.assertEqual(server.post("/counter/alice/increment").text, "6")
        self.stop(server)

    def test_beside_a_running_server(self):
        server = self.serve("demo")
        for _ in range(20):
            server.post("/counter/alice/increment")
        self.assertEqual(self.run_journal("verify").returncode, 0)
        self.assertEqual(self.run_journal("dump").returncode, 0)
        self.assertEqual(server.post("/counter/alice/increment").text, "21")
        self.stop(server)
        self.assertEqual(self.run_journal("verify").returncode, 0)

    def test_damage_is_named_and_nothing_starts_on_it(self):
        self.kill_with_commits()
        done = self.run_journal("dump", "--json")
        second = json.loads(done.stdout.splitlines()[1])
        path, offset = second["file"], second["offset"] // 4096 * 4096
        self.assertEqual(path, self.newest_segment())
        self.flip(path, second["offset"] + 100)

        done = self.run_journal("verify")
        self.assertEqual(done.returncode, 1, done)
        self.assertIn(f"{path} at offset {offset}: batch {second['batch']} is", done.stdout)
        self.assertIn(f"affects Counter {second['id']}", done.stdout)
        self.assertTrue(done.stdout.endswith("damaged\n"), done.stdout)

        done = harness.run("demo", "serve", "--listen", "127.0.0.1:0", "--data", self.data,
                           cwd=self.folder)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn(f"{path} at offset {offset}", done.stderr)
        self.assertIn("journal verify", done.stderr)
        self.assertEqual([file for file in self.files("Counter")], [])

        self.flip(path, second["offset"] + 100)
        server = self.serve("demo")
        self.assertEqual(server.post("/counter/alice/increment").text, "6")
        self.stop(server)

    def test_numbers_go_on_although_a_command_recovered(self):
        self.kill_with_commits()
        last = max(self.numbers())
        done = harness.run("stead", "object", "list", "--data", self.data, cwd=self.folder)
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(self.numbers(), [])
        server = self.serve("demo")
        self.assertEqual(server.post("/counter/alice/increment").text, "6")
        server.kill()
        self.assertGreater(min(self.numbers()), last)

    def numbers(self):
        done = self.run_journal("dump", "--json")
        return [json.loads(line)["number"] for line in done.stdout.splitlines()]

    def test_usage(self):
        for arguments in (["journal"], ["journal", "dump", "--object", "alice"],
                          ["journal", "verify", "--nothing"]):
            self.assertEqual(harness.run("stead", *arguments).returncode, 2)
        done = self.run_journal("verify")
        self.assertEqual(done.returncode, 1)
        self.assertIn("there is no data directory", done.stderr)
        self.assertFalse(os.path.exists(self.data))


if __name__ == "__main__":
    harness.main()
