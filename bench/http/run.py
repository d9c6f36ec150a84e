#!/usr/bin/env python3
"""Compares the demo with a bare Beast server and with workerd, side by side, over HTTP.

    bench/http/run.py [--quick] [--json FILE] …      after: cmake --build --preset release

Every round runs every cell (workload × objects × connections), and in a cell every server for one
short slice right after the other, in an order that rotates. Machines that measure are noisy for
minutes at a time, so a ratio is formed between slices of the same cell and round; what is reported
is the median of the rounds' ratios with the lowest and the highest. docs/benchmarks.md says more.
"""

import argparse
import contextlib
import dataclasses
import json
import mmap
import os
import pathlib
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))

from measured_server import MeasuredServer, free_port  # noqa: E402

# workload: method and path
WORKLOADS = {
    "memory": ("POST", "/memory/{i}/increment"),
    "read": ("GET", "/counter/{i}"),
    "write": ("POST", "/counter/{i}/increment"),
}
# server: the workloads it can serve
SERVERS = {
    "bare_beast": ["memory"],
    "demo": list(WORKLOADS),
    "workerd": list(WORKLOADS),
}
# A generator this busy is at its own limit: the server could have served more.
GENERATOR_LIMIT = 0.95


@dataclasses.dataclass(frozen=True)
class Cell:
    workload: str
    objects: int
    connections: int


def command_of(name, port, folder, options):
    if name == "bare_beast":
        return [options.bin / "bare_beast", str(port), str(options.threads)]
    if name == "demo":
        return [options.bin / "demo", "serve", "--listen", f"127.0.0.1:{port}", "--data", folder,
                "--shards", str(options.threads), "--log-level", "warning"]  # fmt: skip
    return [ROOT / "bench/peers" / name / "start.sh", str(port), folder]


def write_and_sync_us(folder, seconds):
    """The median of one 4 KiB write past the page cache and fdatasync, in microseconds."""
    block, blocks = 4096, 1024
    path = os.path.join(folder, "yardstick")
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_DIRECT, 0o600)
    except OSError:  # e.g. tmpfs
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with contextlib.closing(mmap.mmap(-1, block)) as page:  # begins at a block
        for at in range(blocks):
            os.pwrite(file, page, at * block)
        os.fdatasync(file)
        times = []
        end = time.perf_counter() + seconds
        while not times or time.perf_counter() < end:
            start = time.perf_counter()
            os.pwrite(file, page, len(times) % blocks * block)
            os.fdatasync(file)
            times.append(time.perf_counter() - start)
    os.close(file)
    return statistics.median(times) * 1e6


class Bench:
    def __init__(self, options, servers, folder):
        self.options = options
        self.servers = servers
        self.folder = folder
        self.slices = []
        # round: microseconds of a write and its sync
        self.sync_us = {}
        # server: answers to writes with status 200, and requests of unknown outcome
        self.written = {name: 0 for name in servers}
        self.in_doubt = {name: 0 for name in servers}

    def load(self, name, workload, objects, connections, *extra, processors=None):
        """One run of the generator; what it printed."""
        server = self.servers[name]
        method, path = WORKLOADS[workload]
        command = [self.options.bin / "stead_load", "--port", str(server.port), "--method", method,
                   "--path", path, "--objects", str(objects), "--connections", str(connections),
                   *extra]  # fmt: skip
        if processors:
            command = ["taskset", "-c", ",".join(map(str, processors)), *command]
        done = subprocess.run(command, capture_output=True, text=True, timeout=900)
        if not done.stdout:
            raise SystemExit(f"{name}: {done.stderr}\n{server.output()}")
        result = json.loads(done.stdout)
        if workload == "write":
            self.written[name] += result["answered_200"]
            self.in_doubt[name] += result["errors"]
        return result

    def wake(self, name, workload, objects):
        """Has every object in memory, so that a slice measures no start."""
        self.load(name, workload, objects, min(32, objects), "--in-order", "--count", str(objects))

    def prepare(self):
        for name in self.servers:
            if "read" in SERVERS[name] and "read" in self.options.workloads:
                self.wake(name, "write", max(self.options.objects))

    def slice(self, name, cell, round_number):
        server = self.servers[name]
        processors = None
        if cell.connections == 1 and not self.options.no_pin:
            processors = [min(os.sched_getaffinity(0))]
        self.wake(name, cell.workload, cell.objects)
        server.pin(processors or os.sched_getaffinity(0))
        cpu = server.cpu_seconds()
        result = self.load(
            name, cell.workload, cell.objects, cell.connections,
            "--seconds", str(self.options.seconds), "--warm-up", str(self.options.warm_up),
            processors=processors)  # fmt: skip
        cpu = server.cpu_seconds() - cpu
        result["server_cpu_us_per_request"] = round(cpu * 1e6 / max(1, result["answered_200"]), 2)
        result["generator_busy"] = round(
            result["cpu_seconds"] / (self.options.seconds + self.options.warm_up), 3)  # fmt: skip
        self.slices.append({"server": name, "round": round_number, **vars(cell), **result})

    def run(self):
        # Workloads one after another, since they are compared too.
        cells = [Cell(workload, objects, connections) for objects in self.options.objects
                 for connections in self.options.connections
                 for workload in self.options.workloads]  # fmt: skip
        for round_number in range(self.options.rounds):
            print(f"round {round_number + 1} of {self.options.rounds}", file=sys.stderr)
            if "write" in self.options.workloads:
                self.sync_us[round_number] = write_and_sync_us(self.folder, self.options.seconds)
            for cell in cells:
                names = [name for name in self.servers if cell.workload in SERVERS[name]]
                turn = round_number % len(names)
                for name in names[turn:] + names[:turn]:
                    self.slice(name, cell, round_number)
        return cells

    def lost_updates(self):
        """For each server with storage: answered writes less the sum of all counters."""
        if "write" not in self.options.workloads:
            return {}
        lost = {}
        for name in self.servers:
            if "write" not in SERVERS[name] or self.in_doubt[name]:
                continue
            objects = max(self.options.objects)
            self.wake(name, "write", objects)
            read = self.load(
                name, "read", objects, min(32, objects), "--in-order", "--count", str(objects))
            lost[name] = self.written[name] - read["sum_of_200"]
        return lost


def spread(values):
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def demo_by_round(slices, workload, row):
    return {part["round"]: part for part in slices
            if part["server"] == "demo" and part["workload"] == workload
            and all(part[key] == row[key] for key in ("objects", "connections"))}  # fmt: skip


def compare_writes(row, slices, sync_us):
    """Against the same objects' reads, and against a bare sync, of the same round."""
    writes = demo_by_round(slices, "write", row)
    reads = demo_by_round(slices, "read", row)
    both = [writes[i]["rps"] / reads[i]["rps"] for i in writes if i in reads]
    if both:
        row["ratio_to_read"] = spread(both)
    beyond = [writes[i]["p50_us"] - sync_us[i] for i in writes if i in sync_us]
    if beyond and row["connections"] == 1:
        row["p50_beyond_sync_us"] = spread(beyond)


def summarize(slices, cells, sync_us):
    """For each cell: medians of every server, and ratios to the demo of the same round."""
    rows = []
    for cell in cells:
        mine = [part for part in slices if all(part[key] == vars(cell)[key] for key in vars(cell))]
        by_server = {}
        for part in mine:
            by_server.setdefault(part["server"], {})[part["round"]] = part
        row = {**vars(cell), "servers": {}, "ratios": {}, "p50_difference_us": {}}
        for name, rounds in by_server.items():
            row["servers"][name] = {
                key: statistics.median(part[key] for part in rounds.values())
                for key in ("rps", "p50_us", "p90_us", "p99_us", "p999_us", "max_us",
                            "server_cpu_us_per_request", "generator_busy")}  # fmt: skip
        demo = by_server.get("demo", {})
        for name, rounds in by_server.items():
            both = [(demo[i], rounds[i]) for i in demo if i in rounds and rounds[i]["rps"] > 0]
            if name == "demo" or not both:
                continue
            row["ratios"][name] = spread([ours["rps"] / theirs["rps"] for ours, theirs in both])
            row["p50_difference_us"][name] = spread(
                [ours["p50_us"] - theirs["p50_us"] for ours, theirs in both])  # fmt: skip
        if cell.workload == "write":
            compare_writes(row, slices, sync_us)
        rows.append(row)
    return sorted(rows, key=lambda row: list(WORKLOADS).index(row["workload"]))


def at_least(what, found, value):
    return {"goal": f"{what} {value:g}", "found": found, "met": found["median"] >= value}


def write_goals(row, where):
    many = row["objects"] == 1000 and row["connections"] in (64, 256)
    one = row["objects"] == 1 and row["connections"] == 64
    workerd = row["ratios"].get("workerd")
    if many and "ratio_to_read" in row:
        yield at_least(f"{where}: × the same objects' reads, at least", row["ratio_to_read"], 0.6)
    if workerd and (many or one):
        yield at_least(f"{where}: × workerd, at least", workerd, 20 if many else 10)
    if one and "demo" in row["servers"]:
        found = {"median": row["servers"]["demo"]["rps"]}
        yield at_least(f"{where}: requests/s, at least", found, 10_000)
    beyond = row.get("p50_beyond_sync_us")
    if beyond:
        yield {"goal": f"{where}: p50 at most 150 us above a write and its sync", "found": beyond,
               "met": beyond["median"] <= 150}  # fmt: skip


def goals(rows):
    """What issues ask for, and what was found."""
    for row in rows:
        where = f"{row['workload']}, {row['objects']} objects, {row['connections']} connections"
        beast = row["ratios"].get("bare_beast")
        if beast and (row["objects"], row["connections"]) == (1000, 256):
            yield {"goal": f"{where}: at least 0.75 × bare Beast", "found": beast,
                   "met": beast["median"] >= 0.75}  # fmt: skip
        slower = row["p50_difference_us"].get("bare_beast")
        if slower and row["connections"] == 1:
            yield {"goal": f"{where}: p50 at most 15 us above bare Beast", "found": slower,
                   "met": slower["median"] <= 15}  # fmt: skip
        workerd = row["ratios"].get("workerd")
        if row["workload"] == "write":
            yield from write_goals(row, where)
        elif workerd:
            yield {"goal": f"{where}: at least 8 × workerd", "found": workerd,
                   "met": workerd["median"] >= 8}  # fmt: skip


def ratio_text(ratio):
    return f"{ratio['median']:.2f} ({ratio['min']:.2f} to {ratio['max']:.2f})"


def show(rows, reached, lost):
    print(f"{'workload':9}{'objects':>8}{'conns':>6}  {'server':11}{'requests/s':>11}{'p50 us':>9}"
          f"{'p99 us':>9}{'cpu us':>8}  demo is … times as fast (min to max)")  # fmt: skip
    at_limit = False
    for row in rows:
        for name, figures in row["servers"].items():
            text = ""
            if name in row["ratios"]:
                text = ratio_text(row["ratios"][name])
                if row["connections"] == 1:
                    text += f", p50 {row['p50_difference_us'][name]['median']:+.1f} us"
            busy = figures["generator_busy"] >= GENERATOR_LIMIT
            at_limit = at_limit or busy
            print(f"{row['workload']:9}{row['objects']:8}{row['connections']:6}  {name:11}"
                  f"{figures['rps']:11,.0f}{figures['p50_us']:9.1f}{figures['p99_us']:9.1f}"
                  f"{figures['server_cpu_us_per_request']:8.1f} "
                  f"{'*' if busy else ' '}{text}")  # fmt: skip
    if at_limit:
        print("* the generator itself was at its limit: this server could have served more")
    for goal in reached:
        word = "met   " if goal["met"] else "MISSED"
        print(f"{word} {goal['goal']}: {goal['found']['median']:.2f}")
    for name, count in lost.items():
        print(f"{name}: answered writes less the sum of all counters = {count}")


def show_markdown(rows):
    """The rows of the table in docs/benchmarks.md."""
    for row in rows:
        if "demo" not in row["servers"]:
            continue
        demo = row["servers"]["demo"]
        fields = [row["workload"], f"{row['objects']:,}", row["connections"], f"{demo['rps']:,.0f}"]
        for name in ("bare_beast", "workerd"):
            ratio = row["ratios"].get(name)
            fields.append(ratio_text(ratio) if ratio else "–")
        fields += [f"{demo['p50_us']:,.0f}", f"{demo['p99_us']:,.0f}"]
        print("| " + " | ".join(map(str, fields)) + " |")


def numbers(text):
    return [int(part) for part in text.split(",")]


def names_of(known):
    def parse(text):
        chosen = text.split(",")
        for name in chosen:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(known)}")
        return chosen

    return parse


def read_options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--bin", type=pathlib.Path, default=ROOT / "build/release/bin", help="programs")
    add("--servers", type=names_of(SERVERS), default=list(SERVERS), help="e.g. bare_beast,demo")
    add("--workloads", type=names_of(WORKLOADS), default=list(WORKLOADS))
    add("--objects", type=numbers, default=[1, 1000])
    add("--connections", type=numbers, default=[1, 64, 256])
    add("--rounds", type=int, default=5)
    add("--seconds", type=float, default=2.0, help="a slice, without its warm-up")
    add("--warm-up", type=float, default=0.3)
    add("--threads", type=int, default=len(os.sched_getaffinity(0)),
        help="of bare_beast, and shards of the demo")  # fmt: skip
    add("--no-pin", action="store_true",
        help="let the system place server and generator, also with one connection")  # fmt: skip
    add("--data", help="folder for databases, for the time of the run")
    add("--json", type=pathlib.Path, default=ROOT / "build/bench/http.json")
    add("--markdown", action="store_true", help="print the table of docs/benchmarks.md too")
    add("--quick", action="store_true", help="once, briefly: half a minute or more")
    add("--smoke", action="store_true", help="a few cells, to see that all runs: about 8 s")
    options = parser.parse_args()
    # What is given beside them still counts.
    if options.quick or options.smoke:
        parser.set_defaults(rounds=1, seconds=0.3, warm_up=0.1, connections=[1, 256])
    if options.smoke:
        parser.set_defaults(servers=["bare_beast", "demo"], objects=[1, 50], connections=[1, 32])
    return parser.parse_args()


def start_servers(options, folder, started):
    """Adds to `started` at once, so that the caller stops what runs whatever happens next."""
    for name in options.servers:
        port = free_port()
        data = os.path.join(folder, name)
        os.mkdir(data)
        log = open(os.path.join(folder, name + ".log"), "w")  # noqa: SIM115
        command = command_of(name, port, data, options)
        if not os.access(command[0], os.X_OK):
            if name in ("bare_beast", "demo"):
                raise SystemExit(f"{command[0]} is missing: cmake --build --preset release")
            print(f"{name} is not available: left out", file=sys.stderr)
            continue
        started[name] = MeasuredServer(
            name, command, port, log, ready=("POST", "/memory/ready/increment"))  # fmt: skip
        if not started[name].wait_until_ready():
            print(f"{name} is not available: left out", file=sys.stderr)
            print(started[name].output(), file=sys.stderr)
            started.pop(name).stop()


def main():
    options = read_options()
    started = {}
    with tempfile.TemporaryDirectory(prefix="stead_bench_", dir=options.data) as folder:
        try:
            start_servers(options, folder, started)
            bench = Bench(options, started, folder)
            bench.prepare()
            cells = bench.run()
            lost = bench.lost_updates()
        finally:
            for server in started.values():
                server.stop()
    rows = summarize(bench.slices, cells, bench.sync_us)
    reached = list(goals(rows))
    show(rows, reached, lost)
    if bench.sync_us:
        print(f"4 KiB write and fdatasync: p50 {statistics.median(bench.sync_us.values()):.1f} us")
    if options.markdown:
        show_markdown(rows)
    failed = sum(part["errors"] + part["non_200"] for part in bench.slices)
    if failed:
        print(f"FAILED: {failed} requests were lost or not answered with 200")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    machine = {"processors": os.cpu_count(), "kernel": platform.release(),
               "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}  # fmt: skip
    settings = {key: value for key, value in vars(options).items()
                if key not in ("bin", "json", "data")}  # fmt: skip
    options.json.write_text(json.dumps(
        {"machine": machine, "settings": settings, "cells": rows, "goals": reached,
         "lost_updates": lost, "sync_us": bench.sync_us, "slices": bench.slices}, indent=1) + "\n")  # fmt: skip
    return 1 if failed or any(lost.values()) else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
