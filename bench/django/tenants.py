#!/usr/bin/env python3
"""Many tenants of a Django site on one node: the first request to one that sleeps, and memory.

    bench/django/tenants.py [--tenants N]     after: cmake --build --preset release

Fills N tenants of bench/django/site, stops the server, starts it again, and asks one tenant for a
page, so that Django is loaded. Then every other one is asked for the page once, one after the
other: its actor starts, its database is opened, and its Django answers with five queries. Right
after it the same tenant is asked again, awake. Last is the memory that the live tenants hold.
"""

import argparse
import contextlib
import http.client
import statistics
import subprocess
import tempfile
import time

import catalog


class Visitor:
    def __init__(self, server):
        self.server = server
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self.connection.connect()

    def milliseconds(self, tenant):
        begin = time.perf_counter()
        self.connection.request("GET", f"/t{tenant}/")
        reply = self.connection.getresponse()
        text = reply.read()
        took = time.perf_counter() - begin
        if reply.status != 200 or b"<table>" not in text:
            raise SystemExit(f"tenant {tenant}: {reply.status}\n{self.server.output()}")
        return took * 1e3


def fill(options, server):
    command = [options.bin / "stead_load", "--port", str(server.port), "--method", "POST",
               "--path", "/t{i}/", "--objects", str(options.tenants), "--in-order",
               "--count", str(options.tenants), "--connections", "4",
               "--timeout", "60"]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=3600)


def show(name, values):
    values = sorted(values)
    p99 = values[min(len(values) - 1, len(values) * 99 // 100)]
    print(f"{name:28} p50 {statistics.median(values):7.2f}   p99 {p99:7.2f}   "
          f"slowest {values[-1]:7.2f} ms")  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    catalog.add_options(parser)
    parser.add_argument("--tenants", type=int, default=1000)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="stead_bench_", dir=options.data) as folder,
        contextlib.ExitStack() as stack,
    ):

        def start():
            server = catalog.start_stead(options, folder, "object.idle_timeout=1h")
            stack.callback(server.stop)
            server.wait_until_ready()
            return server

        server = start()
        begin = time.perf_counter()
        fill(options, server)
        print(f"{options.tenants:,} tenants filled, each with its migrations and 310 rows: "
              f"{(time.perf_counter() - begin) * 1e3 / options.tenants:.1f} ms each")  # fmt: skip
        server.stop()
        server = start()
        visitor = Visitor(server)
        visitor.milliseconds(0)
        visitor.milliseconds(0)
        memory = server.anonymous_bytes()
        cold, again = [], []
        for tenant in range(1, options.tenants):
            cold.append(visitor.milliseconds(tenant))
            again.append(visitor.milliseconds(tenant))
        show("first request, asleep", cold)
        show("second request, awake", again)
        grown = server.anonymous_bytes() - memory
        print(f"memory: {memory / 2**20:.1f} MiB with one live tenant, "
              f"{grown / 2**10 / (options.tenants - 1):.1f} KiB for each other")  # fmt: skip


if __name__ == "__main__":
    main()
