"""A small project in a folder: objects that count, a worker before them, commands as Django's."""

import os
import textwrap

CONFIGURATION = """
    name = "small"
    main = "src/worker.py"
    compatibility_date = "2026-01-01"
    [vars]
    GREETING = "hello"
    [assets]
    directory = "static"
    [[durable_objects.bindings]]
    name = "ROOMS"
    class_name = "Room"
    [[migrations]]
    tag = "v1"
    new_sqlite_classes = ["Room"]
"""

WORKER = """
    import os
    from workers import DurableObject, Response, WorkerEntrypoint

    class Room(DurableObject):
        async def fetch(self, request):
            kv = self.ctx.storage.kv
            if request.method == "POST":
                kv.put("count", (kv.get("count") or 0) + 1)
            return Response(f"{self.ctx.id.name}: {kv.get('count') or 0}")

    class Default(WorkerEntrypoint):
        async def fetch(self, request):
            path = "/" + request.url.split("/", 3)[3]
            if path == "/version":
                return Response("VERSION")
            if path == "/greeting":
                return Response(self.env.GREETING)
            if path == "/environment":
                return Response(" ".join(sorted(os.environ)))
            return await self.env.ROOMS.getByName(path[1:]).fetch(request)
"""

# In the place of Django, which the tests may have to do without: its entry, with a few commands.
COMMANDS = """
    import os
    import time
    import _stead

    class ManagementUtility:
        def __init__(self, argv):
            self.name, *self.words = argv[1:]

        def execute(self):
            getattr(self, self.name)(*self.words)

        def migrate(self, step="1"):
            _stead.kv_put("schema", int(step))
            if os.path.exists(f"fail-{_stead.current().name}"):
                raise ValueError("no such column: colour")
            print("Applied", step)

        def slow(self, seconds="0.05"):
            time.sleep(float(seconds))
            _stead.kv_put("slow", (_stead.kv_get("slow") or 0) + 1)

        def show(self):
            print(_stead.current().name, _stead.kv_get("schema"), _stead.kv_get("slow"))

        def refuse(self):
            _stead.kv_put("schema", -1)
            raise SystemExit(3)

        def shell(self):
            import sys
            print("read:", sys.stdin.readline().strip())
"""


def write(folder, files):
    for name, text in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(textwrap.dedent(text))


def make_project(folder, configuration="", **versions):
    """Writes the project into a new folder; `configuration` is added to the usual."""
    os.makedirs(folder)
    write(folder, {
        "wrangler.toml": textwrap.dedent(configuration) + textwrap.dedent(CONFIGURATION),
        "src/worker.py": WORKER,
        "src/django/__init__.py": "",
        "src/django/conf.py": "class settings:\n    configured = True\n",
        "src/django/core/__init__.py": "",
        "src/django/core/management.py": COMMANDS,
        "static/a.txt": "static file\n",
    })  # fmt: skip
    return folder


def worker_version(version):
    return textwrap.dedent(WORKER).replace("VERSION", version)
