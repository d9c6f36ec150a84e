"""`stead dev`: a project served while its files change."""

import os
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time

import harness
import project_files


class Dev:
    """A `stead dev` on a free port."""

    def __init__(self, project, *arguments, port="0", env=None, command=None):
        self._out = tempfile.TemporaryFile()
        self._err = tempfile.TemporaryFile()
        program = os.path.join(harness._options.bin, "stead")
        command = [program, "dev", *(command or [project]), "--port", port, *arguments]
        self.process = subprocess.Popen(
            command, cwd=project, env=harness.clean_environment() | (env or {}),
            stdin=subprocess.DEVNULL, stdout=self._out, stderr=self._err, start_new_session=True)
        end = time.monotonic() + 60
        while not (found := re.search(r"listening on http://[^ ]+:(\d+)", self.out())):
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"does not listen: {self.out()} {self.err()}")
            time.sleep(0.02)
        self.port = int(found[1])

    def out(self):
        return self._read(self._out)

    def err(self):
        return self._read(self._err)

    @staticmethod
    def _read(file):
        return os.pread(file.fileno(), 1 << 20, 0).decode(errors="replace")

    def get(self, target):
        with harness.Client(self.port, timeout=60) as client:
            return client.get(target)

    def post(self, target):
        with harness.Client(self.port, timeout=60) as client:
            return client.post(target)

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(40)

    def group_is_gone(self):
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return True
        return False

    def end(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self._out.close()
        self._err.close()


class DevTest(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.project = project_files.make_project(os.path.join(self.folder, "project"))

    def dev(self, *arguments, **options):
        dev = Dev(self.project, *arguments, **options)
        self.addCleanup(dev.end)
        return dev

    def write_worker(self, text):
        project_files.write(self.project, {"src/worker.py": text})

    def await_version(self, dev, version, status=200):
        self.eventually(lambda: dev.get("/version").text == version, 60)

    def test_requests_wait_until_the_project_is_loaded(self):
        self.write_worker("import time\ntime.sleep(2)\n" + project_files.worker_version("one"))
        dev = self.dev()
        self.assertEqual(dev.get("/version").text, "one")
        self.assertIn("ready on http://127.0.0.1:", dev.out())

    def test_takes_what_wrangler_takes(self):
        dev = self.dev("--local", "--log-level", "warn", "--inspector-port", "0", "--x-new-thing",
                       "--persist-to", os.path.join(self.folder, "state"))
        dev.post("/red")
        self.assertIn("ignored, as it means nothing here: --x-new-thing, --inspector-port, --local",
                      dev.err())
        self.assertTrue(os.path.isdir(os.path.join(self.folder, "state", "stead", "objects")))

    def test_keeps_objects_in_the_project_between_runs(self):
        dev = self.dev(command=["."])
        self.assertEqual(dev.post("/red").text, "red: 1")
        self.assertEqual(dev.stop(), 0)
        self.eventually(dev.group_is_gone)
        self.assertTrue(os.path.isdir(os.path.join(self.project, ".wrangler/state/stead")))
        self.assertEqual(self.dev().post("/red").text, "red: 2")

    def test_loads_changes_and_no_request_fails(self):
        self.write_worker(project_files.worker_version("0"))
        dev = self.dev()
        self.await_version(dev, "0")
        seen, failures, stop = set(), [], threading.Event()

        def ask():
            while not stop.is_set():
                try:
                    seen.add(dev.get("/version").text)
                    dev.post("/red")
                except Exception as error:
                    failures.append(error)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            for version in ("1", "2", "3"):
                self.write_worker(project_files.worker_version(version))
                self.await_version(dev, version)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.assertEqual(failures, [])
        self.assertEqual(seen - {"0", "1", "2", "3"}, set())
        self.assertIn("changed: ", dev.out())
        self.assertIn("reloaded in ", dev.out())

    def test_what_does_not_load_is_shown_here_and_not_to_clients(self):
        self.write_worker(project_files.worker_version("1"))
        dev = self.dev()
        self.await_version(dev, "1")
        self.write_worker("raise ValueError('secret of the code')\n")
        self.eventually(lambda: dev.get("/version").status == 500, 60)
        page = dev.get("/version")
        self.assertIn("The project cannot be loaded.", page.text)
        self.assertNotIn("secret", page.text)
        self.assertIn("ValueError: secret of the code", dev.err())
        self.assertIn("worker.py\", line 1", dev.err())
        self.write_worker(project_files.worker_version("2"))
        self.await_version(dev, "2")
        self.assertEqual(dev.stop(), 0)

    def test_starts_with_a_project_that_does_not_load(self):
        self.write_worker("def broken(:\n")
        dev = self.dev()
        self.assertEqual(dev.get("/version").status, 500)
        self.assertIn("SyntaxError", dev.err())
        self.write_worker(project_files.worker_version("1"))
        self.await_version(dev, "1")

    def test_a_server_that_dies_is_replaced_by_the_next_change(self):
        crash = project_files.worker_version("1").replace('path == "/greeting"', "os.abort()")
        self.write_worker(crash)
        dev = self.dev(env={"ASAN_OPTIONS": "detect_leaks=0:handle_abort=0"})
        self.await_version(dev, "1")
        with self.assertRaises(Exception):
            dev.get("/red")
        self.assertEqual(dev.get("/version").status, 500)
        self.assertIn("the server ended by signal", dev.out())
        self.write_worker(project_files.worker_version("2"))
        self.await_version(dev, "2")

    def test_a_build_that_fails_is_a_warning_and_runs_for_each_change(self):
        configuration = os.path.join(self.project, "wrangler.toml")
        with open(configuration) as file:
            text = file.read()
        with open(configuration, "w") as file:
            file.write("build.command = 'echo x >> built; exit 4'\n" + text)
        dev = self.dev()
        self.assertEqual(dev.get("/greeting").text, "hello")
        self.assertIn("warning: the build command failed with status 4", dev.err())

        def builds():
            with open(os.path.join(self.project, "built")) as file:
                return len(file.readlines())

        before = builds()
        self.write_worker(project_files.worker_version("2"))
        self.await_version(dev, "2")
        self.assertGreater(builds(), before)
        time.sleep(2)
        self.assertLessEqual(builds(), before + 2)  # what a build changes begins no more than one

    def test_ignores_what_is_no_source(self):
        dev = self.dev()
        dev.get("/greeting")
        project_files.write(self.project, {"node_modules/a.js": "", ".git/index": "",
                                           "src/__pycache__/a.pyc": "", "src/a.py~": "",
                                           "static/b.txt": "new\n"})
        self.assertEqual(dev.get("/b.txt").text, "new\n")
        time.sleep(1)
        self.assertNotIn("changed", dev.out())
        project_files.write(self.project, {"templates/new/page.html": "x"})
        self.eventually(lambda: "reloaded" in dev.out(), 60)

    def test_serves_on_both_addresses_of_this_machine(self):
        dev = self.dev()
        try:
            probe = socket.create_connection(("::1", dev.port), timeout=20)
        except OSError as error:
            self.skipTest(f"no ::1 here: {error}")
        with probe:
            probe.sendall(b"GET /greeting HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            self.assertIn(b"hello", b"".join(iter(lambda: probe.recv(4096), b"")))

    def test_ends_with_its_children_however_it_is_told(self):
        for tell in (lambda dev: dev.process.send_signal(signal.SIGINT),
                     lambda dev: os.killpg(dev.process.pid, signal.SIGTERM),
                     lambda dev: os.killpg(dev.process.pid, signal.SIGINT)):
            dev = self.dev()
            dev.get("/greeting")
            tell(dev)
            self.assertEqual(dev.process.wait(40), 0, dev.err())
            self.eventually(dev.group_is_gone)
        dev = self.dev()
        dev.get("/greeting")
        dev.process.kill()
        dev.process.wait()
        self.eventually(dev.group_is_gone)

    def test_tells_that_the_port_is_taken(self):
        first = self.dev()
        ended = harness.run("stead", "dev", self.project, "--port", str(first.port))
        self.assertEqual(ended.returncode, 1)
        self.assertIn(f"cannot listen on 127.0.0.1:{first.port}: Address already in use",
                      ended.stderr)


if __name__ == "__main__":
    harness.main()
