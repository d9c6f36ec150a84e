"""A response seen means that its writes survive a crash."""

import threading
import time

import harness


class DurabilityTest(harness.TestCase):
    def test_nothing_acknowledged_is_lost_by_kill_9_under_load(self):
        names, connections = 20, 8
        acknowledged = [0] * names
        sent = [0] * names
        lock = threading.Lock()
        for _ in range(3):
            server = self.serve()

            def work(number, server=server):
                try:
                    with server.client() as client:
                        for step in range(100_000):
                            at = (number * 7 + step) % names
                            with lock:
                                sent[at] += 1
                            value = int(client.post(f"/counter/name{at}/increment").text)
                            with lock:
                                acknowledged[at] = max(acknowledged[at], value)
                except (OSError, harness.http.client.HTTPException):
                    pass

            killer = threading.Timer(0.7, server.kill)
            killer.start()
            harness.in_parallel(connections, work)
            killer.join()
        server = self.serve()
        self.assertGreater(sum(acknowledged), 100)
        for at in range(names):
            value = int(server.get(f"/counter/name{at}").text)
            self.assertGreaterEqual(value, acknowledged[at])
            self.assertLessEqual(value, sent[at])
        self.stop(server)

    def test_a_class_that_is_configured_so_is_durable_only_when_it_leaves_memory(self):
        server = self.serve("demo", "--set", "durability.Counter=none", "--set",
                            "object.idle_timeout=1h")  # fmt: skip
        self.assertEqual(server.post("/counter/a/increment").text, "1")
        server.kill()
        server = self.serve("demo", "--set", "durability.Counter=none")
        self.assertEqual(server.get("/counter/a").text, "0")
        self.assertEqual(server.post("/counter/a/increment").text, "1")
        self.stop(server)
        server = self.serve("demo", "--set", "durability.Counter=none")
        self.assertEqual(server.get("/counter/a").text, "1")

    def test_many_restarts(self):
        for value in range(1, 6):
            server = self.serve("counter")
            self.assertEqual(server.post("/counter/alice/increment").text, str(value))
            if value % 2 == 0:
                server.kill()
            else:
                self.stop(server)
            time.sleep(0.01)


if __name__ == "__main__":
    harness.main()
