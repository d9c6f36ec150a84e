"""The counter: what an answer promises."""

import time

import harness


class CounterTest(harness.TestCase):
    def test_counts_by_name_and_keeps_it_over_kill_9(self):
        for program in ("counter", "demo"):
            with self.subTest(program):
                data = f"{self.folder}/{program}"
                server = self.serve(program, data=data)
                self.assertEqual(server.get("/counter/alice").text, "0")
                self.assertEqual(server.post("/counter/alice/increment").text, "1")
                self.assertEqual(server.post("/counter/alice/increment").text, "2")
                self.assertEqual(server.get("/counter/alice").text, "2")
                self.assertEqual(server.get("/counter/bob").text, "0")
                server.kill()
                server = self.serve(program, data=data)
                self.assertEqual(server.post("/counter/alice/increment").text, "3")
                self.stop(server)

    def test_keeps_the_counter_over_eviction(self):
        server = self.serve("demo", "--set", "object.idle_timeout=100ms")
        server.post("/counter/alice/increment")
        server.post("/memory/alice/increment")
        # The field of an object that left memory starts again; the database does not.
        self.eventually(lambda: (time.sleep(0.4)
                                 or server.post("/memory/alice/increment").text == "1"))
        self.assertEqual(server.post("/counter/alice/increment").text, "2")
        self.stop(server)

    def test_names_are_any_text(self):
        server = self.serve()
        names = ["a%20b", "%C3%A9", "%2F", "..%2F..", "%00", "x" * 900, "'; DROP TABLE counter", "a"]
        for name in names:
            name = name.replace(" ", "%20")
            self.assertEqual(server.post(f"/counter/{name}/increment").text, "1", name)
        self.assertEqual(server.get("/counter/a+b").text, "0")
        for name in names:
            name = name.replace(" ", "%20")
            self.assertEqual(server.get(f"/counter/{name}").text, "1", name)
        self.stop(server)

    def test_one_counter_under_concurrency_gives_each_value_once(self):
        server = self.serve()

        def work(_):
            with server.client() as client:
                return [int(client.post("/counter/hot/increment").text) for _ in range(50)]

        values = sorted(sum(harness.in_parallel(8, work), []))
        self.assertEqual(values, list(range(1, 401)))
        self.stop(server)


if __name__ == "__main__":
    harness.main()
