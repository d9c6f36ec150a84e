"""Django's management commands inside an object."""

import json
import os
import unittest

from project_case import ProjectCase, node

try:
    import django
except ImportError:
    django = None

SETTINGS = """
SECRET_KEY = "for the test"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "app_of_the_test"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = True
"""

COMMAND = """
import sys
from django.core.management.base import BaseCommand, CommandError

class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("what")

    def handle(self, what, **options):
        if what == "fail":
            raise CommandError("it failed", returncode=3)
        if what == "crash":
            raise ValueError("it crashed")
        if what == "exit":
            sys.exit("left")
        self.stdout.write(f"wrote {what}")
        print("printed")
        self.stderr.write("warned")
"""


@unittest.skipUnless(django, "Django is not installed")
class Manage(ProjectCase):
    def setUp(self):
        super().setUp()
        commands = self.folder / "app_of_the_test" / "management" / "commands"
        commands.mkdir(parents=True)
        for folder in (commands, commands.parent, commands.parents[1]):
            (folder / "__init__.py").write_text("")
        (commands / "try_it.py").write_text(COMMAND)
        (self.folder / "settings_of_the_test.py").write_text(SETTINGS)
        (self.folder / "manage.py").write_text(
            'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings_of_the_test")\n'
        )
        os.environ.pop("DJANGO_SETTINGS_MODULE", None)
        self.load("from stead import DurableObject\nclass Thing(DurableObject): pass\n")

    def manage(self, *argv):
        answer = json.loads(node.ask(self.object(), "manage", args=json.dumps(argv)))
        return answer["code"], answer["output"]

    def test_commands(self):
        # One test: Django's settings are the process's.
        with self.subTest("output of every kind is collected"):
            code, output = self.manage("try_it", "it")
            self.assertEqual(code, 0)
            self.assertEqual(output.split("\n")[:3], ["wrote it", "printed", "warned"])
        with self.subTest("a command's error is its exit code"):
            code, output = self.manage("try_it", "fail")
            self.assertEqual((code, output), (3, "CommandError: it failed\n"))
        with self.subTest("a crash has its traceback"):
            code, output = self.manage("try_it", "crash")
            self.assertEqual(code, 1)
            self.assertIn("ValueError: it crashed", output)
        with self.subTest("an exit with a text"):
            self.assertEqual(self.manage("try_it", "exit"), (1, "left\n"))
        with self.subTest("an unknown command"):
            code, output = self.manage("nonsense")
            self.assertEqual(code, 1)
            self.assertIn("Unknown command: 'nonsense'", output)
        with self.subTest("the object's own database"):
            code, output = self.manage("migrate", "--no-color")
            self.assertEqual((code, "Applying auth.0001_initial... OK" in output), (0, True))
        with self.subTest("given as an object with a flag"):
            answer = node.ask(self.object(), "manage", args=json.dumps(
                {"argv": ["check"], "interactive": False}))  # fmt: skip
            self.assertEqual(json.loads(answer)["code"], 0)


if __name__ == "__main__":
    unittest.main()
