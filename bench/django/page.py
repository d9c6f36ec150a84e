#!/usr/bin/env python3
"""A page of Django with five queries: an object of Stead against gunicorn, side by side over HTTP.

    bench/django/page.py [--rounds N]     after: cmake --build --preset release, and
                                          build/python/bin/python -m pip install gunicorn

Both serve bench/django/site with one Python process that runs one request at a time, Stead from the
tenant's own database, gunicorn from one SQLite file. In every round each server gets a slice right
after the other, in an order that rotates; the figure is the median of the rounds' ratios of
requests/s, with the lowest and the highest. gunicorn's `sync` worker closes the connection after
each answer; `gthread` with one thread keeps it.
"""

import argparse
import contextlib
import http.client
import json
import statistics
import subprocess
import tempfile

import catalog

# name: the path, and how many tenants to visit
STEAD_CELLS = {
    "stead, one tenant": ("/t{i}/", 1),
    "stead, 100 tenants": ("/t{i}/", 100),
    "stead, by a worker": ("/worker/t{i}/", 1),
}


def page_of(server, path):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    with contextlib.closing(connection):
        connection.request("GET", path)
        reply = connection.getresponse()
        text = reply.read()
    if reply.status != 200:
        raise SystemExit(f"{server.name} answered {reply.status}:\n{server.output()}")
    return text


class Bench:
    def __init__(self, options, stead, peers):
        self.options = options
        # name: server, path and number of tenants
        self.cells = {name: (stead, *cell) for name, cell in STEAD_CELLS.items()}
        self.cells |= {peer.name: (peer, "/t{i}/", 1) for peer in peers}

    def load(self, server, path, tenants, connections, *extra):
        command = [self.options.bin / "stead_load", "--port", str(server.port), "--path", path,
                   "--objects", str(tenants), "--connections", str(connections),
                   "--timeout", "60", *extra]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, timeout=900)
        result = json.loads(done.stdout) if done.stdout else {"errors": 1, "non_200": 0}
        if result["errors"] or result["non_200"]:
            raise SystemExit(f"{server.name}: {done.stdout}{done.stderr}\n{server.output()}")
        return result

    def fill(self):
        """Every tenant of Stead, and sees that all servers give the same page."""
        stead, path, tenants = self.cells["stead, 100 tenants"]
        self.load(stead, path, tenants, 4, "--method", "POST", "--in-order", "--count",
                  str(tenants))  # fmt: skip
        pages = {page_of(server, path.format(i=0)) for server, path, _ in self.cells.values()}
        if len(pages) != 1:
            raise SystemExit("the servers give different pages")

    def slice(self, name, connections):
        server, path, tenants = self.cells[name]
        self.load(server, path, tenants, connections, "--in-order", "--count", str(tenants))
        cpu = server.cpu_seconds()
        result = self.load(
            server, path, tenants, connections, "--seconds", str(self.options.seconds))  # fmt: skip
        result["cpu_us"] = (server.cpu_seconds() - cpu) * 1e6 / max(1, result["answered_200"])
        return result

    def run(self, connections):
        """For each round, what each cell gave."""
        rounds = []
        names = list(self.cells)
        for number in range(self.options.rounds):
            turn = number % len(names)
            order = names[turn:] + names[:turn]
            rounds.append({name: self.slice(name, connections) for name in order})
        return rounds


def show(connections, rounds, peers):
    columns = "".join(f"  {'× ' + peer + ' (min to max)':>40}" for peer in peers)
    print(f"{connections} connection{'s' if connections > 1 else ''}")
    print(f"  {'':20}{'requests/s':>11}{'p50 ms':>8}{'p99 ms':>8}{'cpu ms':>8}{columns}")
    for name in rounds[0]:
        mine = [taken[name] for taken in rounds]

        def median(key, mine=mine):
            return statistics.median(result[key] for result in mine)

        line = (f"  {name:20}{median('rps'):11,.0f}{median('p50_us') / 1e3:8.2f}"
                f"{median('p99_us') / 1e3:8.2f}{median('cpu_us') / 1e3:8.2f}")  # fmt: skip
        for peer in peers:
            ratios = [taken[name]["rps"] / taken[peer]["rps"] for taken in rounds]
            text = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
            line += f"  {text:>40}"
        print(line, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    catalog.add_options(parser)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=3.0, help="a slice")
    parser.add_argument("--connections", default="1,8")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="stead_bench_", dir=options.data) as folder,
        contextlib.ExitStack() as stack,
    ):
        servers = []
        for start in (
            lambda: catalog.start_stead(options, folder),
            lambda: catalog.start_gunicorn(options, folder, "sync"),
            lambda: catalog.start_gunicorn(options, folder, "gthread"),
        ):
            server = start()
            stack.callback(server.stop)
            servers.append(server)
        for server in servers:
            server.wait_until_ready()
        stead, *peers = servers
        bench = Bench(options, stead, peers)
        bench.fill()
        for connections in map(int, options.connections.split(",")):
            show(connections, bench.run(connections), [peer.name for peer in peers])


if __name__ == "__main__":
    main()
