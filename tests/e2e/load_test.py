"""Many names, many connections: every 200 is in exactly one counter."""

import os
import random
import sqlite3

import harness


class LoadTest(harness.TestCase):
    def test_sum_of_counters_equals_the_number_of_200_answers(self):
        names, connections, requests = (
            (1_000, 64, 60_000) if harness.full_size() else (200, 16, 5_000))
        server = self.serve()

        def work(number):
            chosen = random.Random(number)
            counted = {}
            with server.client() as client:
                for _ in range(requests // connections):
                    name = f"name{chosen.randrange(names)}"
                    reply = client.post(f"/counter/{name}/increment")
                    if reply.status == 200:
                        counted[name] = counted.get(name, 0) + 1
            return counted

        total = {}
        for counted in harness.in_parallel(connections, work):
            for name, count in counted.items():
                total[name] = total.get(name, 0) + count
        self.assertGreater(sum(total.values()), requests * 0.9)
        with server.client() as client:
            for name, count in total.items():
                self.assertEqual(client.get(f"/counter/{name}").text, str(count), name)
        self.stop(server)
        files = self.files("Counter")
        self.assertEqual(len(files), len(total))
        stored = 0
        for path in files:
            with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
                stored += db.execute("SELECT value FROM counter").fetchone()[0]
            db.close()
        self.assertEqual(stored, sum(total.values()))
        self.assertLess(server.process.returncode, 1)
        self.assertTrue(os.path.exists(os.path.join(self.data, "directory.sqlite")))


if __name__ == "__main__":
    harness.main()
