#!/usr/bin/env python3
"""Two migrations in every tenant of a Django site, killed in the middle, and failing in one.

    bench/django/migrate.py [--tenants N]     after: cmake --build --preset release

Opens N shops of examples/4_django/tenants by signing up, stops the server, and gives one shop two
products of the same price. Then the project gets two migrations, a new field and a constraint that
prices are unique, and `stead manage --all migrate` runs in all shops:

1. It is killed with SIGKILL after a third.
2. `--resume` goes on and ends at the shop whose rows violate the constraint. The shop's schema must
   be as it was.
3. The shop's rows are mended, and `--resume` runs to the end.

At last every shop's file is read with plain SQLite: all of them must have both migrations.
"""

import argparse
import contextlib
import http.client
import os
import pathlib
import shutil
import signal
import sqlite3
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.parse

import catalog
from measured_server import MeasuredServer, free_port

PROJECT = catalog.ROOT / "examples/4_django/tenants"
SECRET = {"STEAD_VAR_SECRET_KEY": "of a benchmark"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

ADDED = {
    "0002_product_note": """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [migrations.AddField("product", "note", models.TextField(default="", blank=True))]
""",
    "0003_one_of_each_price": """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("shop", "0002_product_note")]
    operations = [
        migrations.AddConstraint(
            "product", models.UniqueConstraint(fields=["price"], name="one_of_each_price")
        )
    ]
""",
}


def shop_name(number):
    return f"shop{number:05}"


class Shops:
    """The project, its data, and the commands on them."""

    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.program = options.bin / "stead"
        self.data = os.path.join(folder, "data")
        self.project = os.path.join(folder, "shops")
        catalog.require(self.program, "cmake --build --preset release")
        ignored = shutil.ignore_patterns("__pycache__", "staticfiles", ".wrangler", "data")
        shutil.copytree(PROJECT, self.project, ignore=ignored)
        self.settings = ["--set", f"python.venv={options.venv}"]

    def serve(self):
        port = free_port()
        command = [self.program, "serve", self.project, "--listen", f"127.0.0.1:{port}", "--data",
                   self.data, "--log-level", "warning", *self.settings]  # fmt: skip
        log = open(os.path.join(self.folder, "log"), "w")  # noqa: SIM115
        return MeasuredServer("stead", command, port, log, environment=SECRET)

    def sign_up(self, server):
        """All shops, by two clients; milliseconds of each sign-up that was answered with 303."""
        took = []
        numbers = iter(range(self.options.tenants))
        lock = threading.Lock()

        def run():
            client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
            while True:
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return
                body = urllib.parse.urlencode({"name": shop_name(number)})
                begin = time.perf_counter()
                client.request("POST", "/", body, FORM | {"Host": f"localhost:{server.port}"})
                reply = client.getresponse()
                reply.read()
                if reply.status == 303:
                    took.append((time.perf_counter() - begin) * 1e3)

        clients = [threading.Thread(target=run) for _ in range(2)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        if len(took) != self.options.tenants:
            raise SystemExit(f"{len(took)} sign-ups went well:\n{server.output()}")
        return took

    def sql(self, number, statement):
        done = subprocess.run(
            [self.program, "object", "sql", "Tenant", shop_name(number), statement, "--write",
             "--data", self.data], capture_output=True, text=True, timeout=60)  # fmt: skip
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        return done.stdout

    def add_migrations(self):
        for name, text in ADDED.items():
            path = pathlib.Path(self.project, "src/shop/migrations", name + ".py")
            path.write_text(text.lstrip())

    def start_migrate(self, *words):
        command = [self.program, "manage", self.project, "--data", self.data, *self.settings,
                   "--all", "--jobs", str(self.options.jobs), *words, "migrate",
                   "-v", "0"]  # fmt: skip
        return subprocess.Popen(command, env={**os.environ, **SECRET}, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True)  # fmt: skip

    def migrated(self):
        """How many shops the run has noted as done."""
        with contextlib.suppress(FileNotFoundError):
            return len(pathlib.Path(self.data, "manage.run").read_text().splitlines()) - 1
        return 0

    def schemas(self):
        """For each shop's file, whether it has the field, the constraint and their rows."""
        for path in pathlib.Path(self.data).rglob("*.sqlite"):
            with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as file:
                tables = dict(file.execute("SELECT name, sql FROM sqlite_master"))
                if "shop_product" not in tables:
                    continue
                name = file.execute("SELECT value FROM _stead_meta WHERE key='name'").fetchone()[0]
                if not name.startswith("shop"):
                    continue
                fields = {row[1] for row in file.execute("PRAGMA table_info(shop_product)")}
                rows = file.execute("SELECT count(*) FROM django_migrations WHERE app='shop'")
                yield name, (
                    "note" in fields,
                    "one_of_each_price" in tables["shop_product"],
                    rows.fetchone()[0],
                )


def check(holds, what):
    if not holds:
        raise SystemExit(f"FAILED: {what}")
    print(f"ok: {what}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    catalog.add_options(parser)
    parser.add_argument("--tenants", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=4)
    options = parser.parse_args()
    bad = options.tenants * 2 // 3
    with tempfile.TemporaryDirectory(prefix="stead_bench_", dir=options.data) as folder:
        shops = Shops(options, folder)
        server = shops.serve()
        try:
            server.ready = ("GET", "/")
            server.wait_until_ready()
            begin = time.perf_counter()
            took = shops.sign_up(server)
            print(f"{options.tenants:,} sign-ups in {time.perf_counter() - begin:.1f} s, each "
                  f"p50 {statistics.median(took):.1f} ms, two at a time", flush=True)  # fmt: skip
        finally:
            server.stop()
        shops.sql(bad, "INSERT INTO shop_product(name, price, stock) VALUES('a', 1, 1), ('b', 1, 1)")
        shops.add_migrations()

        begin = time.perf_counter()
        run = shops.start_migrate()
        while shops.migrated() < options.tenants // 3:
            if run.poll() is not None:
                raise SystemExit(f"the run ended early:\n{run.communicate()[1]}")
            time.sleep(0.05)
        run.send_signal(signal.SIGKILL)
        run.communicate()
        spent = time.perf_counter() - begin
        done = shops.migrated()
        print(f"killed after {spent:.1f} s, {done:,} done: {spent * 1e3 / done:.2f} ms each")

        begin = time.perf_counter()
        out, _ = shops.start_migrate("--resume").communicate()
        spent += time.perf_counter() - begin
        print(out.strip())
        check(f"{shop_name(bad)}: " in out and "UNIQUE constraint failed" in out,
              "the run ended at the shop whose rows violate the constraint")  # fmt: skip
        check(dict(shops.schemas())[shop_name(bad)] == (False, False, 1),
              "that shop is as it was, without the first of the two migrations")  # fmt: skip

        shops.sql(bad, "DELETE FROM shop_product WHERE name = 'b'")
        begin = time.perf_counter()
        out, _ = shops.start_migrate("--resume").communicate()
        spent += time.perf_counter() - begin
        print(out.strip())
        schemas = dict(shops.schemas())
        check(len(schemas) == options.tenants and set(schemas.values()) == {(True, True, 3)},
              f"all {options.tenants:,} shops have both migrations")  # fmt: skip
        print(f"time of all runs: {spent:.1f} s, {spent * 1e3 / options.tenants:.2f} ms a shop")


if __name__ == "__main__":
    main()
