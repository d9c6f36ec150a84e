"""Graceful and ungraceful ends."""

import concurrent.futures
import os
import signal
import socket
import sqlite3
import threading
import time

import harness


class StopTest(harness.TestCase):
    def test_sigterm_and_sigint_exit_0_and_leave_plain_files(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number):
                data = os.path.join(self.folder, number.name)
                server = self.serve("demo", data=data)
                for name in range(20):
                    server.post(f"/counter/name{name}/increment")
                self.stop(server, number=number)
                files = self.files("Counter", data)
                self.assertEqual(len(files), 20)
                for path in files:
                    self.assertTrue(path.endswith(".sqlite"), path)
                    db = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
                    self.assertEqual(db.execute("SELECT value FROM counter").fetchone(), (1,))
                    self.assertEqual(db.execute("PRAGMA integrity_check").fetchone(), ("ok",))
                    db.close()

    def test_clients_wait_in_an_inherited_socket_over_a_crash(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            options = {"listen": f"fd:{listener.fileno()}", "pass_fds": [listener.fileno()]}
            first = self.serve(**options)
            self.assertEqual(first.port, listener.getsockname()[1])
            self.assertEqual(first.post("/counter/a/increment").text, "1")
            first.kill()
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                waiting = pool.submit(first.post, "/counter/a/increment")
                time.sleep(0.2)
                self.assertFalse(waiting.done())
                second = self.serve(**options)
                self.assertEqual(waiting.result(20).text, "2")
            self.stop(second)

    def test_requests_in_flight_are_answered_or_refused_never_half(self):
        server = self.serve()
        # The value of the last 200 answer of each thread.
        last = [0] * 6
        bad = []

        def work(number):
            try:
                with server.client() as client:
                    while True:
                        reply = client.post(f"/counter/name{number}/increment")
                        if reply.status == 200:
                            last[number] = int(reply.text)
                        elif reply.status != 503:
                            bad.append(reply)
            except (OSError, harness.http.client.HTTPException):
                pass

        stopper = threading.Timer(0.5, server.process.send_signal, [signal.SIGTERM])
        stopper.start()
        harness.in_parallel(len(last), work)
        self.assertEqual(server.process.wait(30), 0, server.stderr())
        self.assertEqual(bad, [])
        self.assertGreater(min(last), 0)
        server = self.serve()
        for number, value in enumerate(last):
            stored = int(server.get(f"/counter/name{number}").text)
            # One request may have been written and its answer cut with the connection.
            self.assertIn(stored, (value, value + 1))
        self.stop(server)

    def test_a_request_on_its_way_is_finished(self):
        server = self.serve()
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
            connection.sendall(b"POST /counter/alice/increment HTTP/1.1\r\nHost: x\r\n"
                               b"Content-Length: 2\r\n\r\n1")
            time.sleep(0.3)
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            self.assertTrue(server.alive())
            connection.sendall(b"2")
            reply = connection.recv(65536)
            self.assertTrue(reply.startswith(b"HTTP/1.1 200 "), reply)
            self.assertTrue(reply.endswith(b"\r\n\r\n1"), reply)
        self.assertEqual(server.process.wait(30), 0)

    def test_idle_connections_do_not_delay_the_stop(self):
        server = self.serve()
        client = server.client()
        client.get("/counter/alice")
        begin = time.monotonic()
        self.stop(server)
        self.assertLess(time.monotonic() - begin, 5)
        client.close()

    def test_stop_timeout_cuts_a_request_that_never_ends(self):
        server = self.serve("demo", "--set", "stop_timeout=500ms")
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
            connection.sendall(b"POST /counter/alice/increment HTTP/1.1\r\nHost: x\r\n"
                               b"Content-Length: 2\r\n\r\n1")
            time.sleep(0.2)
            self.stop(server, timeout=15)

    def test_a_second_signal_stops_at_once(self):
        server = self.serve()
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
            connection.sendall(b"POST /counter/alice/increment HTTP/1.1\r\nHost: x\r\n"
                               b"Content-Length: 2\r\n\r\n1")
            time.sleep(0.3)
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            server.process.send_signal(signal.SIGTERM)
            self.assertEqual(server.process.wait(5), 1)
        self.assertIn("second signal", server.stderr())


if __name__ == "__main__":
    harness.main()
