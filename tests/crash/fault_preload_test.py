"""The library that makes the disk fail does so where and when it is told, and nowhere else."""

import argparse
import errno
import os
import subprocess
import sys
import tempfile
import textwrap
import unittest

_options = argparse.Namespace()

# Prints the errno of each call, 0 for success.
CALLS = textwrap.dedent("""
    import os, sys
    file = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
    for call in (lambda: os.fsync(file), lambda: os.fdatasync(file),
                 lambda: os.write(file, b"x"), lambda: os.pwrite(file, b"x", 0),
                 lambda: os.writev(file, [b"x"]), lambda: os.pwritev(file, [b"x"], 0),
                 lambda: os.posix_fallocate(file, 0, 4096)):
        try:
            call()
            print(0)
        except OSError as error:
            print(error.errno)
""")
SYNCS, WRITES = 2, 5


class PreloadTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="stead_preload_")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def calls(self, name="a.journal"):
        done = subprocess.run(
            [sys.executable, "-c", CALLS, self.path(name)], check=True, text=True,
            capture_output=True, env=os.environ | {
                "LD_PRELOAD": _options.preload, "STEAD_TEST_FAULT_PATH": ".journal",
                "STEAD_TEST_FAIL_SYNC": self.path("sync"),
                "STEAD_TEST_FAIL_WRITE": self.path("write")})
        return [int(line) for line in done.stdout.splitlines()]

    def test_fails_while_told(self):
        good = [0] * (SYNCS + WRITES)
        self.assertEqual(self.calls(), good)
        open(self.path("sync"), "w").close()
        self.assertEqual(self.calls(), [errno.EIO] * SYNCS + [0] * WRITES)
        self.assertEqual(self.calls("other"), good)
        open(self.path("write"), "w").close()
        self.assertEqual(self.calls(), [errno.EIO] * SYNCS + [errno.ENOSPC] * WRITES)
        os.remove(self.path("sync"))
        self.assertEqual(self.calls(), [0] * SYNCS + [errno.ENOSPC] * WRITES)
        self.assertEqual(self.calls("other"), good)
        os.remove(self.path("write"))
        self.assertEqual(self.calls(), good)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--preload", required=True)
    _, rest = parser.parse_known_args(namespace=_options)
    _options.preload = os.path.abspath(_options.preload)
    unittest.main(argv=[sys.argv[0], *rest])
