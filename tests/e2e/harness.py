"""Starts the programs of a build tree and talks to them.

Each test file runs by itself: `python3 tests/e2e/counter_test.py --bin build/dev/bin [unittest arguments]`.
"""

import argparse
import concurrent.futures
import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

_options = argparse.Namespace(bin=None, full=False)


def main():
    """Runs the tests of the calling file."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--bin", default=os.environ.get("STEAD_TEST_BIN"))
    parser.add_argument("--full", action="store_true", help="the sizes of the acceptance test")
    _, rest = parser.parse_known_args(namespace=_options)
    if _options.bin is None:
        sys.exit("--bin DIR or STEAD_TEST_BIN must say where the programs are")
    _options.bin = os.path.abspath(_options.bin)
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)


def full_size():
    return _options.full


def clean_environment():
    return {k: v for k, v in os.environ.items() if not k.startswith("STEAD_")}


def run(program, *arguments, cwd=None, env=None, timeout=30):
    """Runs a program to its end; gives a CompletedProcess with text output."""
    return subprocess.run(
        [os.path.join(_options.bin, program), *arguments],
        cwd=cwd, env=clean_environment() | (env or {}), timeout=timeout,
        stdin=subprocess.DEVNULL, capture_output=True, text=True)


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode()

    def __repr__(self):
        return f"Reply({self.status}, {self.body[:200]!r})"


class Client:
    """One kept connection. Any exception of `request` means: outcome unknown."""

    def __init__(self, port, timeout=20):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def request(self, method, target, body=None, headers=None):
        try:
            self._connection.request(method, target, body=body, headers=headers or {})
            response = self._connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        except BaseException:
            self._connection.close()
            raise

    def get(self, target):
        return self.request("GET", target)

    def post(self, target, body=None, headers=None):
        return self.request("POST", target, body, headers)

    def close(self):
        self._connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Server:
    """A program that serves on a free port."""

    def __init__(self, program, data, *arguments, env=None, shards=2, listen="127.0.0.1:0",
                 pass_fds=()):
        self.data = data
        self._stderr = tempfile.TemporaryFile()
        command = [os.path.join(_options.bin, program), "serve", "--listen", listen,
                   "--data", data, "--shards", str(shards), "--log-level", "warning", *arguments]
        self.process = subprocess.Popen(
            command, cwd=os.path.dirname(data), env=clean_environment() | (env or {}),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._stderr, text=True,
            pass_fds=pass_fds)
        self.ready = self._read_ready()
        found = re.fullmatch(
            r"stead: listening on http://127\.0\.0\.1:(\d+), data in (/.+), (\d+) shards?\n",
            self.ready)
        if found is None:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"not ready: {self.ready!r}, stderr: {self.stderr()}")
        self.port = int(found[1])

    def _read_ready(self):
        watch = threading.Timer(60, self.process.kill)
        watch.start()
        try:
            return self.process.stdout.readline()
        finally:
            watch.cancel()

    def stderr(self):
        self._stderr.seek(0)
        return self._stderr.read().decode(errors="replace")

    def client(self, **options):
        return Client(self.port, **options)

    def get(self, target):
        with self.client() as client:
            return client.get(target)

    def post(self, target, body=None, headers=None):
        with self.client() as client:
            return client.post(target, body, headers)

    def request(self, method, target):
        with self.client() as client:
            return client.request(method, target)

    def kill(self):
        """As a power failure of the program."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self._close()

    def stop(self, number=signal.SIGTERM, timeout=40):
        """Stops gracefully; gives the exit status."""
        self.process.send_signal(number)
        status = self.process.wait(timeout)
        if status != 0:
            print(self.stderr(), file=sys.stderr)
        self._close()
        return status

    def alive(self):
        return self.process.poll() is None

    def _close(self):
        self.process.stdout.close()

    def end(self):
        if self.alive():
            self.kill()
        self._close()
        self._stderr.close()


class TestCase(unittest.TestCase):
    """Gives each test a folder, and ends the servers it started."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="stead_e2e_")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.data = os.path.join(self.folder, "data")

    def serve(self, program="demo", *arguments, data=None, **options):
        server = Server(program, data or self.data, *arguments, **options)
        self.addCleanup(server.end)
        return server

    def stop(self, server, **options):
        self.assertEqual(server.stop(**options), 0)

    def files(self, class_name, data=None):
        """Every file of the objects of a class, whatever it is."""
        found = []
        for folder, _, names in os.walk(os.path.join(data or self.data, "objects", class_name)):
            found += [os.path.join(folder, name) for name in names
                      if name != "namespace.key"]
        return found

    def eventually(self, condition, seconds=20):
        end = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), end, "did not happen in time")
            time.sleep(0.05)


def in_parallel(count, work):
    """Runs work(0) to work(count - 1), each in a thread; gives the results."""
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, range(count)))
