"""`stead manage`: management commands inside of objects."""

import os
import signal
import subprocess
import time

import harness
import project_files


class Manage(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.project = project_files.make_project(os.path.join(self.folder, "project"))

    def manage(self, *words, **options):
        return harness.run("stead", "manage", self.project, "--data", self.data, *words,
                           cwd=self.folder, timeout=120, **options)

    def output(self, *words):
        ended = self.manage(*words)
        self.assertEqual(ended.returncode, 0, ended)
        return ended.stdout

    def make_objects(self, *names):
        arguments = [word for name in names for word in ("--object", name)]
        self.assertEqual(self.manage(*arguments, "migrate").returncode, 0)

    def make_fail(self, name):
        path = os.path.join(self.folder, f"fail-{name}")
        open(path, "w").close()
        return path

    def test_runs_a_command_in_an_object(self):
        self.assertEqual(self.output("--object", "red", "migrate", "7"), "Applied 7\n")
        self.assertEqual(self.output("--object", "red", "--", "show"), "red 7 None\n")
        self.assertEqual(self.output("--class", "Room", "--object=red", "show"), "red 7 None\n")
        identity = harness.run("stead", "object", "list", "--data", self.data).stdout.split()[0]
        self.assertEqual(self.output("--object", identity, "show"), "None 7 None\n")

    def test_runs_it_in_several_one_after_the_other(self):
        self.make_objects("red", "blue")
        self.assertEqual(self.output("--object", "red", "--object", "blue", "show"),
                         "== red\nred 1 None\n== blue\nblue 1 None\n")

    def test_a_command_that_fails_leaves_its_object_as_it_was(self):
        self.make_objects("red")
        ended = self.manage("--object", "red", "refuse")
        self.assertEqual(ended.returncode, 3)
        self.make_fail("red")
        ended = self.manage("--object", "red", "migrate", "2")
        self.assertEqual(ended.returncode, 1)
        self.assertIn("ValueError: no such column: colour\n", ended.stdout)
        self.assertEqual(self.output("--object", "red", "show"), "red 1 None\n")

    def test_refuses_an_object_that_is_not_there(self):
        self.make_objects("red")
        ended = self.manage("--object", "rde", "show")
        self.assertEqual(ended.returncode, 1)
        self.assertIn("there is no object rde: nothing is stored under this name", ended.stderr)
        self.assertEqual(self.output("--object", "rde", "--create", "show"), "rde None None\n")

    def test_tells_what_is_missing(self):
        for words, advice in ((("--object", "red"), "say which command"),
                              (("migrate",), "say in which objects"),
                              (("--all", "--object", "red", "migrate"), "exclude each other"),
                              (("--resume", "--object", "red", "migrate"), "--resume is for --all")):
            ended = self.manage(*words)
            self.assertEqual(ended.returncode, 2, words)
            self.assertIn(advice, ended.stderr)
        ended = self.manage("--class", "Roon", "--object", "red", "migrate")
        self.assertIn("the project has no class Roon; it has: Room", ended.stderr)
        ended = self.manage("--all", "migrate")
        self.assertIn("there is no data directory", ended.stderr)

    def test_tells_that_a_server_runs(self):
        server = self.serve("stead", self.project)
        ended = self.manage("--object", "red", "migrate")
        self.assertEqual(ended.returncode, 1)
        self.assertIn(f"is in use by another process (pid {server.process.pid}): stop it",
                      ended.stderr)

    def test_uses_the_objects_of_dev_if_there_are_no_others(self):
        state = os.path.join(self.folder, "state")
        for words in (["--persist-to", state], ["--data", os.path.join(state, "stead")]):
            ended = harness.run("stead", "manage", self.project, *words, "--object", "red",
                                "migrate", cwd=self.folder)
            self.assertEqual(ended.returncode, 0, ended)

    def test_gives_the_terminal_to_a_shell(self):
        program = os.path.join(harness._options.bin, "stead")
        ended = subprocess.run(
            [program, "manage", self.project, "--data", self.data, "--object", "red", "--create",
             "shell"], input="typed\n", capture_output=True, text=True, timeout=60,
            env=harness.clean_environment(), cwd=self.folder)
        self.assertEqual(ended.returncode, 0, ended)
        self.assertEqual(ended.stdout, "read: typed\n")

    def rows(self, text):
        """The table at the end."""
        return {line.split()[0]: line.split(maxsplit=1)[1] for line in text.splitlines()}

    def test_runs_it_in_all(self):
        names = [f"room{number:02}" for number in range(20)]
        self.make_objects(*names)
        ended = self.manage("--all", "--jobs", "3", "slow")
        self.assertEqual(ended.returncode, 0, ended)
        rows = self.rows(ended.stdout)
        self.assertEqual((rows["done"], rows["failed"], rows["left"]), ("20", "0", "0"))
        self.assertIn("time", rows)
        for name in (names[0], names[-1]):
            self.assertEqual(self.output("--object", name, "show"), f"{name} 1 1\n")
        self.assertFalse(os.path.exists(os.path.join(self.data, "manage.run")))

    def test_the_canary_comes_first(self):
        self.make_objects("a", "b", "c", "d")
        self.make_fail("a")
        rows = self.rows(self.manage("--all", "migrate", "2").stdout)
        self.assertEqual((rows["done"], rows["left"]), ("0", "3"))
        self.assertEqual(rows["failed"], "1  a: ValueError: no such column: colour")

    def test_stops_at_the_first_failure_and_goes_on_from_there(self):
        names = [f"room{number:02}" for number in range(12)]
        self.make_objects(*names)
        path = self.make_fail("room05")
        ended = self.manage("--all", "--jobs", "2", "migrate", "2")
        self.assertEqual(ended.returncode, 1)
        rows = self.rows(ended.stdout)
        self.assertTrue(rows["failed"].startswith("1  room05: ValueError"), ended)
        self.assertEqual(int(rows["done"]) + int(rows["left"]), 11)
        self.assertGreaterEqual(int(rows["left"]), 5)
        self.assertIn("Traceback", ended.stderr)
        self.assertEqual(self.output("--object", "room04", "show"), "room04 2 None\n")
        self.assertEqual(self.output("--object", "room05", "show"), "room05 1 None\n")
        self.assertEqual(self.output("--object", "room11", "show"), "room11 1 None\n")
        other = self.manage("--all", "--resume", "migrate", "3")
        self.assertIn('is "migrate 2" in objects of Room', other.stderr)
        os.remove(path)
        ended = self.manage("--all", "--resume", "migrate", "2")
        self.assertEqual(ended.returncode, 0, ended)
        self.assertEqual(self.rows(ended.stdout)["done"], "12")
        self.assertEqual(self.output("--object", "room05", "show"), "room05 2 None\n")
        ended = self.manage("--all", "--resume", "migrate", "2")
        self.assertIn("there is no run to go on with", ended.stderr)

    def start_slow_run(self):
        program = os.path.join(harness._options.bin, "stead")
        run = subprocess.Popen(
            [program, "manage", self.project, "--data", self.data, "--all", "--jobs", "1", "slow",
             "0.3"], cwd=self.folder, env=harness.clean_environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        state = os.path.join(self.data, "manage.run")

        def lines():
            if not os.path.exists(state):
                return 0
            with open(state) as file:
                return len(file.readlines())

        self.eventually(lambda: lines() > 3, 60)
        return run

    def assert_each_was_visited_once(self, names):
        for name in names:
            self.assertEqual(self.output("--object", name, "show"), f"{name} 1 1\n")

    def test_goes_on_after_a_kill(self):
        names = [f"room{number:02}" for number in range(12)]
        self.make_objects(*names)
        run = self.start_slow_run()
        run.kill()
        run.communicate()
        # Behind the command it is the command's, whose failure leaves the run as it is.
        self.assertEqual(self.manage("--all", "slow", "0.3", "--resume").returncode, 1)
        resumed = self.manage("--all", "--resume", "slow", "0.3")
        self.assertEqual(resumed.returncode, 0, resumed)
        self.assertEqual(self.rows(resumed.stdout)["done"], "12")
        visits = [int(self.output("--object", name, "show").split()[2]) for name in names]
        # The one that was done but not noted comes twice.
        self.assertLessEqual(sum(visits), 13)
        self.assertEqual(min(visits), 1)

    def test_a_signal_lets_the_running_ones_end(self):
        names = [f"room{number:02}" for number in range(8)]
        self.make_objects(*names)
        run = self.start_slow_run()
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 1)
        self.assertIn("stopping after what runs now", err)
        self.assertGreater(int(self.rows(out)["left"]), 0)
        self.assertEqual(self.manage("--all", "--resume", "slow", "0.3").returncode, 0)
        self.assert_each_was_visited_once(names)


if __name__ == "__main__":
    harness.main()
