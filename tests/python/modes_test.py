"""The three ways to run a project: native, mended, vendored. The vendored packages here are made
up; they have the shape of django-cf's."""

import sys
import textwrap
import types
import unittest

from project_case import ProjectCase

OLD = """
class DjangoCFAdapter:
    def __init__(self, app):
        self.app = app
    async def handle_request(self, request):
        raise RuntimeError("the vendored bridge ran")

class DjangoCFDurableObject:
    def __init__(self, ctx, env):
        self.ctx, self.env = ctx, env
        self.adapter = DjangoCFAdapter(self.get_app())
    async def on_fetch(self, request):
        return await self.adapter.handle_request(request._js_request)
"""

NEW = """
async def handle_wsgi(request, app, env=None):
    raise RuntimeError("the vendored bridge ran")

class DjangoCF:
    async def fetch(self, request):
        return await handle_wsgi(request, self.get_app(), self.env)

class DjangoCFDurableObject:
    def __init__(self, ctx, env):
        self.ctx, self.env = ctx, env
    def fetch(self, request):
        return handle_wsgi(request, self.get_app(), self.env)
"""

APP = """
def application(environ, start_response):
    start_response("200 OK", [])
    return [str(environ["workers.env"]).encode(), b"\\xff"]
"""

SEED = APP + """
from django_cf import DjangoCFAdapter, DjangoCFDurableObject
from PythonWorker import DurableObject

class Thing(DjangoCFDurableObject, DurableObject):
    def get_app(self):
        return application

async def on_fetch(request, env):
    adapter = DjangoCFAdapter(application, env_vars=env)
    return await adapter.handle_request(request)
"""

CURRENT = APP + """
from django_cf import DjangoCF, DjangoCFDurableObject
from workers import DurableObject, WorkerEntrypoint

class Thing(DjangoCFDurableObject, DurableObject):
    def get_app(self):
        return application

class Default(DjangoCF, WorkerEntrypoint):
    def get_app(self):
        return application
"""


class ModesCase(ProjectCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.forget)
        self.forget()

    def forget(self):
        for name in [name for name in sys.modules if name.split(".")[0] == "django_cf"]:
            del sys.modules[name]

    def vendor(self, **modules):
        """Files below `vendor/django_cf`; `__` in a name is a slash."""
        for name, text in modules.items():
            path = self.folder / "vendor" / "django_cf" / (name.replace("__", "/") + ".py")
            if name == "init":
                path = path.with_name("__init__.py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))
            for parent in path.parents:
                if parent.name == "vendor":
                    break
                if not (parent / "__init__.py").exists():
                    (parent / "__init__.py").write_text("")


class Offered(ModesCase):
    def test_documented_project_runs_without_vendoring(self):
        self.load(SEED)
        self.assertEqual(self.fetch()[::2], (200, b"<Env >\xff"))
        self.assertEqual(self.fetch(self.object())[::2], (200, b"<Env >\xff"))

    def test_current_project_runs_without_vendoring(self):
        self.load(CURRENT)
        self.assertEqual(self.fetch()[::2], (200, b"<Env >\xff"))
        self.assertEqual(self.fetch(self.object())[::2], (200, b"<Env >\xff"))

    def test_native_mode_prefers_ours(self):
        self.vendor(init="vendored = True")
        module = self.load("import django_cf\n", mode="native")
        self.assertFalse(hasattr(module.django_cf, "vendored"))

    def test_asynchronous_get_app(self):
        self.load(CURRENT.replace("def get_app", "async def get_app"))
        self.assertEqual(self.fetch()[0], 200)

    def test_storage_module_of_each_generation(self):
        self.load("")
        for name in ("django_cf.do_binding.storage", "django_cf.db.backends.do.storage"):
            module = __import__(name, fromlist=["get_storage"])
            module.set_storage(None)
            self.assertTrue(hasattr(module.get_storage(), "exec"))

    def test_d1_says_that_it_is_not_there_yet(self):
        try:
            from django.core.exceptions import ImproperlyConfigured
        except ImportError:
            self.skipTest("Django is not installed")
        self.load("")
        for name in ("django_cf.d1_binding", "django_cf.d1_api", "django_cf.db.backends.d1"):
            module = __import__(name + ".base", fromlist=["DatabaseWrapper"])
            with self.assertRaisesRegex(ImproperlyConfigured, "D1 databases are not there yet"):
                module.DatabaseWrapper({})


class Mended(ModesCase):
    def test_old_adapter(self):
        self.vendor(init=OLD)
        self.load(SEED)
        self.assertEqual(self.fetch()[::2], (200, b"<Env >\xff"))
        self.assertIn("mended: django_cf.DjangoCFAdapter", self.log())

    def test_old_object(self):
        self.vendor(init=OLD)
        self.load(SEED)
        self.assertEqual(self.fetch(self.object())[2][-1:], b"\xff")

    def test_new_bridge(self):
        self.vendor(init=NEW)
        self.load(CURRENT)
        self.assertEqual(self.fetch()[::2], (200, b"<Env >\xff"))
        self.assertEqual(self.fetch(self.object())[::2], (200, b"<Env >\xff"))

    def test_engine(self):
        ours = types.ModuleType("stead.django.do.base")
        ours.DatabaseWrapper = type("DatabaseWrapper", (), {})
        before = {name: sys.modules.get(name) for name in ("stead.django.do", ours.__name__)}
        sys.modules[ours.__name__] = ours
        sys.modules["stead.django.do"] = types.ModuleType("stead.django.do")

        def restore():
            for name, module in before.items():
                sys.modules.pop(name)
                if module is not None:
                    sys.modules[name] = module

        self.addCleanup(restore)
        self.vendor(init=OLD, do_binding__base="class DatabaseWrapper: pass\n",
                    db__backends__do__base="class DatabaseWrapper: pass\n")  # fmt: skip
        self.load("")
        for name in ("django_cf.do_binding.base", "django_cf.db.backends.do.base"):
            module = __import__(name, fromlist=["DatabaseWrapper"])
            self.assertIs(module.DatabaseWrapper, ours.DatabaseWrapper)
            self.assertIn(f"mended: {name}", self.log())

    def test_what_is_not_there_is_left_alone(self):
        self.vendor(init="something_else = 1\n", do_binding__base="other = 1\n")
        self.load("import django_cf.do_binding.base\n")
        self.assertNotIn("mended", self.log())


class Vendored(ModesCase):
    def test_everything_is_left_alone(self):
        self.vendor(init=OLD, do_binding__base="class DatabaseWrapper: pass\n")
        self.load(SEED.replace(", env_vars=env", ""), mode="vendored")
        with self.assertRaisesRegex(RuntimeError, "the vendored bridge ran"):
            self.fetch()
        import django_cf.do_binding.base as base

        self.assertEqual(base.DatabaseWrapper.__module__, "django_cf.do_binding.base")
        self.assertNotIn("mended", self.log())

    def test_unknown_mode_is_refused(self):
        with self.assertRaisesRegex(ValueError, "no mode"):
            self.load("", mode="fast")


class Threads(ModesCase):
    def test_anyio_stays_in_the_turn(self):
        package = self.folder / "anyio"
        package.mkdir()
        (package / "__init__.py").write_text("")
        (package / "to_thread.py").write_text("async def run_sync(func): raise RuntimeError\n")
        self.load("""
            import anyio.to_thread, threading
            from stead import DurableObject
            class Thing(DurableObject):
                async def go(self):
                    here = threading.get_ident()
                    return await anyio.to_thread.run_sync(threading.get_ident) == here
        """)
        self.assertTrue(self.call(self.object(), "go"))


class SqlErrors(ModesCase):
    def test_class_is_djangos_once_it_is_loaded(self):
        try:
            import django.db.utils
        except ImportError:
            self.skipTest("Django is not installed")
        from stead import _sql_error

        class Native(Exception):
            code, errorcode = "SQLITE_CONSTRAINT_UNIQUE", 2067

        error = _sql_error.translated(Native("UNIQUE constraint failed: t.a"))
        self.assertIsInstance(error, django.db.utils.IntegrityError)
        self.assertIsInstance(error, _sql_error.SqlError)
        Native.code = "SQLITE_ERROR"
        error = _sql_error.translated(Native("no such table: t"))
        self.assertIsInstance(error, django.db.utils.OperationalError)

    def test_codes_have_the_class_of_the_standard_library(self):
        from stead._sql_error import dbapi_class_name

        expected = {
            "SQLITE_CONSTRAINT_FOREIGNKEY": "IntegrityError", "SQLITE_BUSY": "OperationalError",
            "SQLITE_IOERR_READ": "OperationalError", "SQLITE_TOOBIG": "DataError",
            "SQLITE_MISMATCH": "IntegrityError", "SQLITE_CORRUPT": "DatabaseError",
            "SQLITE_NOMEM": "DatabaseError",
        }  # fmt: skip
        self.assertEqual({code: dbapi_class_name(code) for code in expected}, expected)


if __name__ == "__main__":
    unittest.main()
