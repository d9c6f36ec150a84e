"""Runs the ledger program, one life after the other, on one data directory."""

import os
import re
import signal
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import harness  # noqa: E402

PATIENCE = 60


class Failure(Exception):
    """The program did what it must not."""


class Program:
    """The program at `path` with its data in `<folder>/data` and its log in `<folder>/log`."""

    def __init__(self, path, folder, arguments=()):
        self.path, self.folder, self.arguments = os.path.abspath(path), folder, list(arguments)
        self.data = os.path.join(folder, "data")
        self.log = os.path.join(folder, "log")
        self.process = None
        self.port = None

    def launch(self, arguments=(), env=None):
        """Starts it, and does not wait."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.path, "serve", "--listen", "127.0.0.1:0", "--data", self.data,
                 "--shards", "2", "--log-level", "warning", *self.arguments, *arguments],
                env=harness.clean_environment() | (env or {}), cwd=self.folder,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True)

    def start(self, arguments=(), env=None):
        """Starts it, until it serves."""
        self.launch(arguments, env)
        watch = threading.Timer(PATIENCE, self.process.kill)
        watch.start()
        try:
            ready = self.process.stdout.readline()
        finally:
            watch.cancel()
        found = re.match(r"stead: listening on http://127\.0\.0\.1:(\d+),", ready)
        if not found:
            status = self.kill()
            raise Failure(f"does not start: {ready!r}, exit status {status}\n{self.log_tail()}")
        self.port = int(found[1])

    def client(self):
        return harness.Client(self.port, timeout=PATIENCE)

    def send_stop(self):
        self.process.send_signal(signal.SIGTERM)

    def wait(self):
        """Gives the exit status; negative for a signal."""
        try:
            status = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failure(f"still runs after {PATIENCE} s\n{self.log_tail()}") from None
        self.process.stdout.close()
        return status

    def kill(self):
        """As `kill -9`. Gives the exit status, which tells if it was dead before."""
        self.process.kill()
        return self.wait()

    def crash(self):
        status = self.kill()
        if status != -signal.SIGKILL:
            raise Failure(f"ended by itself with status {status}\n{self.log_tail()}")

    def stop(self):
        self.send_stop()
        status = self.wait()
        if status != 0:
            raise Failure(f"exit status {status} after SIGTERM\n{self.log_tail()}")

    def end(self):
        """Leaves nothing running, however things went."""
        if self.process and self.process.poll() is None:
            self.kill()

    def log_tail(self):
        with open(self.log, "rb") as log:
            log.seek(max(0, os.path.getsize(self.log) - 8000))
            return log.read().decode(errors="replace")
