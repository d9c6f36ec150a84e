"""A test case that loads a small project, written as text, into the fake node."""

import shutil
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

import fake_stead

node = fake_stead.install()

from stead import _host  # noqa: E402


class ProjectCase(unittest.TestCase):
    """Each test loads its own main module; objects of earlier tests are forgotten."""

    mode = "mended"

    def setUp(self):
        node.__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="stead-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        before = list(sys.path), set(sys.modules)

        def restore():
            sys.path[:] = before[0]
            for name in set(sys.modules) - before[1]:
                module = sys.modules[name]
                if str(self.folder) in (getattr(module, "__file__", None) or ""):
                    del sys.modules[name]

        self.addCleanup(restore)

    def load(self, text, bindings=None, variables=None, mode=None):
        main = self.folder / "worker_under_test.py"
        main.write_text(textwrap.dedent(text))
        sys.modules.pop("worker_under_test", None)
        node.objects.clear()
        self.loaded = _host.load({
            "main": str(main), "path": [], "mode": mode or self.mode, "vars": variables or {},
            "bindings": bindings or {}, "name": "test", "compatibility_date": "2026-01-01",
            "compatibility_flags": [],
        })  # fmt: skip
        return sys.modules["worker_under_test"]

    def worker(self):
        return node.object("")

    def object(self, class_name="Thing", name="a"):
        import _stead

        return node.object(class_name, _stead.id_from_name(class_name, name), name)

    def fetch(self, handle=None, *args, **options):
        """Status, headers as a list of pairs, body."""
        status, _, headers, body = node.fetch(handle or self.worker(), *args, **options)
        return status, headers, body

    def text(self, handle=None, *args, **options):
        return self.fetch(handle, *args, **options)[2].decode()

    def call(self, handle, method, *args, **kwargs):
        from stead import _wire

        answer = node.ask(handle, "rpc", method=method, args=_wire.dump_arguments(args, kwargs))
        return _wire.loads(answer)

    def log(self):
        return "\n".join(text for _, text in node.logged)
