"""The sum of all money never changes but for deposits."""

import json
import os
import random
import sqlite3
import threading

import harness

ACCOUNTS = [f"account{number}" for number in range(6)]
DEPOSIT = 1_000


class TransferTest(harness.TestCase):
    def deposit(self, server):
        for name in ACCOUNTS:
            reply = server.post(f"/account/{name}/deposit?amount={DEPOSIT}")
            self.assertEqual((reply.status, reply.text), (200, str(DEPOSIT)))

    def sum(self, server):
        with server.client() as client:
            return sum(int(client.get(f"/account/{name}").text) for name in ACCOUNTS)

    def transfer_at_random(self, server, number, count):
        """Gives the statuses; ends early when the server goes away."""
        chosen = random.Random(number)
        statuses = []
        try:
            with server.client() as client:
                for _ in range(count):
                    source, target = chosen.sample(ACCOUNTS, 2)
                    amount = chosen.randrange(1, 400)
                    reply = client.post(f"/transfer/{source}/{target}?amount={amount}")
                    statuses.append(reply.status)
        except (OSError, harness.http.client.HTTPException):
            pass
        return statuses

    def test_moves_money(self):
        server = self.serve("transfer")
        server.post("/account/alice/deposit?amount=100")
        reply = server.post("/transfer/alice/bob?amount=30")
        self.assertEqual((reply.status, json.loads(reply.text)),
                         (200, {"amount": 30, "arrived": True}))
        self.assertEqual(server.get("/account/alice").text, "70")
        self.assertEqual(server.get("/account/bob").text, "30")
        self.stop(server)

    def test_refuses_bad_amounts_and_too_much(self):
        server = self.serve()
        server.post("/account/alice/deposit?amount=100")
        for amount in ("", "=", "=0", "=-5", "=1.5", "=five", "=%2B5", "=99999999999999999999",
                       "=5x"):
            for target in ("/transfer/alice/bob", "/account/alice/deposit"):
                reply = server.post(f"{target}?amount{amount}")
                self.assertEqual(reply.status, 400, (target, amount))
        self.assertEqual(server.post("/transfer/alice/alice?amount=1").status, 400)
        reply = server.post("/transfer/alice/bob?amount=101")
        self.assertEqual(reply.status, 409)
        self.assertIn("the balance is 100", reply.text)
        self.assertEqual(server.post("/transfer/nobody/bob?amount=1").status, 409)
        self.assertEqual(server.get("/account/alice").text, "100")
        self.assertEqual(server.get("/account/bob").text, "0")
        self.stop(server)

    def test_sum_is_constant_under_concurrency(self):
        server = self.serve()
        self.deposit(server)
        statuses = sum(harness.in_parallel(
            8, lambda number: self.transfer_at_random(server, number, 60)), [])
        self.assertEqual(len(statuses), 480)
        self.assertLessEqual(set(statuses), {200, 409})
        self.assertIn(200, statuses)
        self.assertEqual(self.sum(server), DEPOSIT * len(ACCOUNTS))
        self.stop(server)

    def test_sum_is_constant_after_kill_9_in_the_middle(self):
        server = self.serve()
        self.deposit(server)
        moved = 0
        for round_number in range(4):
            killer = threading.Timer(0.4, server.kill)
            killer.start()
            statuses = sum(harness.in_parallel(
                8, lambda number, server=server, seed=round_number * 100:
                self.transfer_at_random(server, seed + number, 100_000)), [])
            killer.join()
            moved += statuses.count(200)
            server = self.serve()
            # Being asked wakes an account, and it goes on with what it owes.
            self.eventually(lambda server=server: self.sum(server) == DEPOSIT * len(ACCOUNTS))
        self.assertGreater(moved, 20)
        for name in ACCOUNTS:
            self.eventually(lambda name=name: server.post(
                f"/call/Account/{name}/pending", "[]").text == "0")
        self.stop(server)
        self.check_files()

    def test_money_for_an_account_in_trouble_arrives_later(self):
        server = self.serve()
        server.post("/account/bob/deposit?amount=1")
        self.stop(server)
        bob = next(path for path in self.files("Account") if path.endswith(".sqlite"))
        server = self.serve()
        server.post("/account/alice/deposit?amount=100")
        self.stop(server)
        os.rename(bob, bob + ".away")
        with open(bob, "wb") as file:
            file.write(b"not a database " * 1000)
        server = self.serve()
        reply = server.post("/transfer/alice/bob?amount=30")
        self.assertEqual((reply.status, json.loads(reply.text)),
                         (202, {"amount": 30, "arrived": False}))
        self.assertEqual(server.get("/account/alice").text, "70")
        self.assertEqual(server.get("/account/bob").status, 500)
        self.assertEqual(server.post("/call/Account/alice/pending", "[]").text, "1")
        self.stop(server)
        os.rename(bob + ".away", bob)
        server = self.serve()
        server.get("/account/alice")
        self.eventually(lambda: server.get("/account/bob").text == "31")
        self.assertEqual(server.get("/account/alice").text, "70")
        self.stop(server)

    def check_files(self):
        """The same from the files, without the program."""
        balances = 0
        for path in self.files("Account"):
            db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
            balances += db.execute("SELECT coalesce(max(balance), 0) FROM account").fetchone()[0]
            self.assertEqual(db.execute("SELECT count(*) FROM outgoing").fetchone()[0], 0)
            db.close()
        self.assertEqual(balances, DEPOSIT * len(ACCOUNTS))


if __name__ == "__main__":
    harness.main()
