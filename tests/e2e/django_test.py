"""Django in objects: its commands, its pages, its migrations over many sites."""

import os
import subprocess
import unittest

import django_files
import harness
import project_files


def find_python():
    """A Python with Django: the virtual environment of ./test, or else the system's."""
    for python in (os.path.join(harness._options.bin, "../../python/bin/python"),
                   "/usr/bin/python3"):
        found = os.path.exists(python) and subprocess.run(
            [python, "-c", "import django; assert django.VERSION >= (4, 2)"],
            stderr=subprocess.DEVNULL).returncode == 0
        if found:
            return os.path.abspath(python)
    raise unittest.SkipTest("no Django here: ./test installs it")


class DjangoTest(harness.TestCase):
    def setUp(self):
        super().setUp()
        python = find_python()
        self.venv = ("system" if python.startswith("/usr/bin/")
                     else os.path.dirname(os.path.dirname(python)))
        self.project = django_files.make_project(os.path.join(self.folder, "project"))

    def manage(self, *words, env=None):
        return harness.run("stead", "manage", self.project, "--data", self.data, "--set",
                           f"python.venv={self.venv}", *words, cwd=self.folder, timeout=120,
                           env=env)

    def output(self, *words, env=None):
        ended = self.manage(*words, env=env)
        self.assertEqual(ended.returncode, 0, ended)
        return ended.stdout

    def make_sites(self, *names):
        sites = [word for name in names for word in ("--object", name)]
        self.assertIn("Applying notes.0001_initial... OK", self.output(*sites, "migrate"))

    def serve_sites(self):
        return self.serve("stead", self.project, "--set", f"python.venv={self.venv}")

    def test_commands_and_pages_share_an_objects_database(self):
        self.make_sites("acme", "umbrella")
        self.output("--object", "acme", "createsuperuser", "--noinput", "--username", "ada",
                    "--email", "ada@example.com", env={"DJANGO_SUPERUSER_PASSWORD": "secret"})
        code = "from django.contrib.auth.models import User; print(User.objects.count())"
        self.assertEqual(self.output("--object", "acme", "shell", "-v", "0", "-c", code), "1\n")
        self.assertEqual(self.output("--object", "umbrella", "shell", "-v", "0", "-c", code), "0\n")
        server = self.serve_sites()
        self.assertEqual(server.post("/acme/notes?text=one").text, "one")
        self.assertEqual(server.post("/acme/notes?text=two").text, "one,two")
        self.assertEqual(server.get("/umbrella/notes").text, "")
        server.kill()
        server = self.serve_sites()
        self.assertEqual(server.get("/acme/notes").text, "one,two")
        self.stop(server)

    def columns(self, site):
        ended = harness.run("stead", "object", "sql", "Site", site, "--data", self.data,
                            "SELECT name FROM pragma_table_info('notes_note') ORDER BY cid")
        return ended.stdout.split()[1:]

    def test_a_migration_that_fails_on_one_site_leaves_it_as_it_was(self):
        sites = [f"site{number}" for number in range(6)]
        self.make_sites(*sites)
        note = "from notes.models import Note; Note.objects.{}"
        self.output("--object", "site3", "shell", "-v", "0", "-c", note.format("create(text='bad')"))
        project_files.write(self.project, django_files.NEXT_MIGRATIONS)
        ended = self.manage("--all", "--jobs", "2", "migrate")
        self.assertEqual(ended.returncode, 1, ended)
        self.assertIn("site3: ValueError: there is a bad note", ended.stdout)
        self.assertEqual(self.columns("site0"), ["id", "text", "colour"])
        self.assertEqual(self.columns("site3"), ["id", "text"])
        shown = self.output("--object", "site3", "showmigrations")
        self.assertIn("[ ] 0003_colour", shown)
        self.assertIn("[ ] 0002_longer", shown, "the migrations of a command go together")
        self.output("--object", "site3", "shell", "-v", "0", "-c", note.format("only('id').delete()"))
        ended = self.manage("--all", "--jobs", "2", "--resume", "migrate")
        self.assertEqual(ended.returncode, 0, ended)
        for site in sites:
            self.assertEqual(self.columns(site), ["id", "text", "colour"], site)


if __name__ == "__main__":
    harness.main()
