"""What goes wrong outside is told in one line, and nothing acknowledged is lost."""

import os
import socket
import subprocess

import harness


class StartTest(harness.TestCase):
    def assert_fails(self, *arguments, says, program="demo", **options):
        if "--listen" not in arguments:
            arguments = ("--listen", "127.0.0.1:0", *arguments)
        done = harness.run(program, "serve", *arguments, cwd=self.folder, **options)
        self.assertEqual(done.returncode, 1, done)
        self.assertEqual(done.stdout, "")
        lines = done.stderr.splitlines()
        self.assertEqual(len(lines), 1, done.stderr)
        self.assertTrue(lines[0].startswith("stead: "), lines[0])
        for part in says:
            self.assertIn(part, lines[0])

    def test_data_directory_without_parent(self):
        path = os.path.join(self.folder, "missing", "data")
        self.assert_fails("--data", path, says=[path])
        self.assertFalse(os.path.exists(os.path.dirname(path)))

    def test_data_directory_is_a_file(self):
        with open(self.data, "w") as file:
            file.write("x")
        self.assert_fails("--data", self.data, says=[self.data])

    def test_data_directory_is_read_only(self):
        os.mkdir(self.data)
        os.chmod(self.data, 0o500)
        if os.access(self.data, os.W_OK):
            mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "ro,size=1m", "none", self.data],
                                     capture_output=True)
            if mounted.returncode != 0:
                self.skipTest("root may write anywhere, and may not mount here")
            self.addCleanup(subprocess.run, ["umount", self.data], check=True)
        self.assert_fails("--data", self.data, says=[self.data])

    def test_data_directory_in_use(self):
        server = self.serve()
        self.assert_fails("--data", self.data, says=[self.data, "in use"])
        self.assertEqual(server.post("/counter/alice/increment").text, "1")
        self.stop(server)
        self.stop(self.serve())

    def test_port_in_use(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = str(other.getsockname()[1])
            done = harness.run("demo", "serve", "--listen", f"127.0.0.1:{port}", "--data",
                               self.data, cwd=self.folder)
        self.assertEqual(done.returncode, 1, done)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn(port, done.stderr)
        self.assertIn("in use", done.stderr)

    def test_port_in_use_by_another_node(self):
        server = self.serve()
        done = harness.run("demo", "serve", "--listen", f"127.0.0.1:{server.port}", "--data",
                           self.data + "2", cwd=self.folder)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("in use", done.stderr)
        self.stop(server)

    def test_bad_address(self):
        for address in ("nonsense", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", ":::",
                        "127.0.0.1:x", "1.2.3.4:0"):
            with self.subTest(address):
                self.assert_fails("--listen", address, "--data", self.data, says=[address])

    def test_bad_configuration(self):
        with open(os.path.join(self.folder, "stead.toml"), "w") as file:
            file.write("[http]\n\nbody_byte = 5\n")
        self.assert_fails(
            "--data", self.data,
            says=['stead.toml:3: unknown key "http.body_byte"; did you mean "http.body_bytes"?'])
        self.assert_fails("--config", "missing.toml", says=["missing.toml", "No such file"])
        os.remove(os.path.join(self.folder, "stead.toml"))
        self.assert_fails(env={"STEAD_DATE": "x"}, says=["did you mean STEAD_DATA?"])
        self.assert_fails("--shards", "many", says=["--shards: ", '"many"'])
        self.assert_fails("--data", self.data + "2", "--set", "durability.Cuonter=none",
                          says=["durability.Cuonter: the application has no such class"])
        self.assertFalse(os.path.exists(self.data))


class DiskFullTest(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.disk = os.path.join(self.folder, "disk")
        os.mkdir(self.disk)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "none", self.disk],
                                 capture_output=True, text=True)
        if mounted.returncode != 0:
            self.skipTest(f"needs to mount a small file system: {mounted.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], check=True)
        self.data = os.path.join(self.disk, "data")

    def fill(self):
        """Leaves no free block."""
        path = os.path.join(self.disk, "ballast")
        with open(path, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError:
                pass
        return path

    def test_writes_fail_reads_work_and_nothing_acknowledged_is_lost(self):
        server = self.serve("demo")
        entry = "author=a&text=" + "x" * 1900
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        signed = 0
        for _ in range(3):
            signed += server.post("/guestbook/blue", entry, headers).status == 303
        ballast = self.fill()
        counted = 0
        while server.post("/counter/busy/increment").status == 200:
            counted += 1  # the journal has some room ahead
            self.assertLess(counted, 2000)
        self.assertIn(server.post("/guestbook/blue", entry, headers).status, {500, 503})
        self.assertEqual(server.get("/counter/busy").text, str(counted))
        self.assertTrue(server.alive())
        listed = server.get("/guestbook/blue/entries")
        self.assertEqual(listed.status, 200, listed)
        self.assertEqual(listed.text.count('"author"'), signed)
        # An object that has no file yet.
        self.assertNotEqual(server.post("/counter/new/increment").status, 200)

        os.remove(ballast)
        self.eventually(lambda: server.post("/guestbook/blue", entry, headers).status == 303)
        self.assertEqual(server.post("/counter/new/increment").text, "1")
        server.kill()
        server = self.serve("demo")
        listed = server.get("/guestbook/blue/entries")
        self.assertEqual(listed.text.count('"author"'), signed + 1)
        self.assertEqual(server.get("/counter/busy").text, str(counted))
        self.stop(server)


if __name__ == "__main__":
    harness.main()
