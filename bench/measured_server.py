"""A server that a benchmark starts, watches and stops."""

import contextlib
import http.client
import os
import pathlib
import signal
import socket
import subprocess
import time

NOT_AVAILABLE = 3  # what a peer's start.sh exits with


class MeasuredServer:
    """One server's process group. Stopped by `stop`, whatever happens."""

    def __init__(self, name, command, port, log, ready=("GET", "/"), environment=None, cwd=None):
        """`ready` is a request that is answered with 200 once the server serves."""
        self.name = name
        self.port = port
        self.log = log
        self.ready = ready
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd=cwd,
            env={**os.environ, **(environment or {})}, start_new_session=True)  # fmt: skip

    def wait_until_ready(self, seconds=60):
        """False if the program says that it is not available here."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            status = self.process.poll()
            if status == NOT_AVAILABLE:
                return False
            if status is not None:
                raise SystemExit(f"{self.name} ended with status {status}:\n{self.output()}")
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self._answers():
                    return True
            time.sleep(0.05)
        raise SystemExit(f"{self.name} did not answer within {seconds} s:\n{self.output()}")

    def _answers(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(connection):
            connection.request(*self.ready)
            return connection.getresponse().status == 200

    def output(self):
        self.log.flush()
        return pathlib.Path(self.log.name).read_text(errors="replace")[-2000:]

    def processes(self):
        """The ids of the group's processes: a start script may leave children."""
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = stat.read_text().rpartition(")")[2].split()
                if int(fields[2]) == self.process.pid:
                    yield int(stat.parent.name), fields

    def cpu_seconds(self):
        ticks = sum(int(fields[11]) + int(fields[12]) for _, fields in self.processes())
        return ticks / os.sysconf("SC_CLK_TCK")

    def anonymous_bytes(self):
        """Resident memory that no file is behind."""
        total = 0
        for process, _ in self.processes():
            status = pathlib.Path(f"/proc/{process}/status").read_text()
            total += int(status.partition("RssAnon:")[2].split()[0]) * 1024
        return total

    def pin(self, processors):
        for process, _ in self.processes():
            with contextlib.suppress(OSError):
                for thread in os.listdir(f"/proc/{process}/task"):
                    os.sched_setaffinity(int(thread), processors)

    def stop(self):
        for number, patience in ((signal.SIGTERM, 60), (signal.SIGKILL, 5)):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                continue
            break
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
