"""The harness's own judgement: each kind of damage is seen, and nothing else."""

import unittest

import check
from check import Look, Write

DEATH = 1000


def answered(token, row, sent, end, what="append"):
    return Write(token, what, sent, end, True, row)


def in_doubt(token, sent, what="append"):
    return Write(token, what, sent, DEATH)


class RowTest(unittest.TestCase):
    def setUp(self):
        self.writes = [answered("01-1", 1, 0, 1), answered("02-1", 2, 2, 3), in_doubt("01-2", 4)]

    def check(self, *tokens, looks=(), what="append"):
        rows = [(token, what) for token in tokens]
        return list(check.row_complaints(rows, self.writes, looks))

    def assert_bad(self, complaints, *parts):
        self.assertEqual(len(complaints), len(parts), complaints)
        for complaint, part in zip(complaints, parts):
            self.assertIn(part, complaint)

    def test_what_was_acknowledged_with_and_without_what_is_in_doubt(self):
        self.assertEqual(self.check("01-1", "02-1"), [])
        self.assertEqual(self.check("01-1", "02-1", "01-2"), [])

    def test_loss(self):
        self.assert_bad(self.check("01-1"), "02-1 (append) was acknowledged as row 2, and is lost")
        self.assert_bad(self.check(), "lost", "lost")

    def test_another_row_than_answered(self):
        self.assert_bad(self.check("02-1", "01-1"), "is row 1", "is row 2")

    def test_twice(self):
        self.assert_bad(self.check("01-1", "02-1", "01-2", "01-2"), "twice", "comes after")

    def test_never_sent(self):
        self.assert_bad(self.check("01-1", "02-1", "03-9"), "never sent")
        self.assert_bad(self.check("01-1", "02-1", what="wipe"),
                        "never sent", "never sent")

    def test_order_of_a_client(self):
        self.writes = [in_doubt("01-1", 0), in_doubt("01-2", 1), in_doubt("02-1", 0)]
        self.assertEqual(self.check("01-1", "02-1", "01-2"), [])
        self.assert_bad(self.check("01-2", "02-1", "01-1"), "01-1 comes after 01-2")

    def test_what_was_read_is_durable(self):
        looks = [Look(5, 6, 3, ["01-2"])]
        self.assertEqual(self.check("01-1", "02-1", "01-2", looks=looks), [])
        self.assert_bad(self.check("01-1", "02-1", looks=looks), "a reader saw 01-2 in row 3")

    def test_rows_of_an_earlier_check(self):
        self.writes = check.of_rows([("01-1", "append"), ("02-1", "append")])
        self.assertEqual(self.check("01-1", "02-1"), [])
        self.assert_bad(self.check("01-1"), "02-1")


class DeletionTest(unittest.TestCase):
    def complaints(self, rows, *writes, looks=()):
        return list(check.row_complaints(rows, writes, looks))

    def test_deleted_stays_deleted(self):
        first = answered("01-1", 1, 0, 1)
        erase = answered("02-1", None, 2, 3, "erase")
        self.assertEqual(self.complaints([], first, erase), [])
        self.assertIn("had deleted it", self.complaints([("01-1", "append")], first, erase)[0])

    def test_a_later_write_survives(self):
        erase = answered("02-1", None, 2, 3, "erase")
        later = answered("01-1", 1, 4, 5)
        self.assertEqual(self.complaints([("01-1", "append")], erase, later), [])
        self.assertIn("lost", self.complaints([], erase, later)[0])

    def test_at_the_same_time_either_way(self):
        erase = answered("02-1", None, 2, 5, "erase")
        write = answered("01-1", 1, 3, 4)
        self.assertEqual(self.complaints([("01-1", "append")], erase, write), [])
        self.assertEqual(self.complaints([], erase, write), [])

    def test_in_doubt_either_way(self):
        first = answered("01-1", 1, 0, 1)
        wipe = in_doubt("02-1", 2, "wipe")
        look = Look(1, 2, 1, ["01-1"])
        for rows in ([], [("01-1", "append")], [("02-1", "wipe")]):
            self.assertEqual(self.complaints(rows, first, wipe, looks=[look]), [], rows)

    def test_in_doubt_ends_with_the_program(self):
        wipe = in_doubt("02-1", 2, "wipe")
        later = answered("01-1", 1, DEATH + 1, DEATH + 2)
        self.assertIn("lost", self.complaints([], wipe, later)[0])

    def test_a_wipe_is_a_write(self):
        first = answered("01-1", 1, 0, 1)
        wipe = answered("02-1", 1, 2, 3, "wipe")
        self.assertEqual(self.complaints([("02-1", "wipe")], first, wipe), [])
        self.assertIn("lost", self.complaints([], first, wipe)[0])


class StateTest(unittest.TestCase):
    rows = [("01-1", "append"), ("01-2", "transfer 0 3 7"), ("01-3", "bulk 2")]

    def complaints(self, **changes):
        state = {"count": 3, "counter": 3, "kv": 3, "balances": [93, 100, 100, 107],
                 "bulk": [["01-3", 2 * check.PIECE]]} | changes
        return [*check.summary_complaints(state), *check.content_complaints(state, self.rows)]

    def test_whole(self):
        self.assertEqual(self.complaints(), [])

    def test_half_a_turn(self):
        self.assertIn("counter is 2", self.complaints(counter=2)[0])
        self.assertIn("key 4", self.complaints(kv=4)[0])
        self.assertIn("made or lost", self.complaints(balances=[93, 100, 100, 100])[0])
        self.assertIn("its transfers make", self.complaints(balances=[100] * 4)[0])
        self.assertIn("half of a large", self.complaints(bulk=[["01-3", 70_000]])[0])
        self.assertIn("its rows say", self.complaints(bulk=[["01-2", check.PIECE]])[0])
        self.assertIn("listed", self.complaints(count=4, counter=4, kv=4)[0])

    def test_forwarded(self):
        tables = {"a": [("01-1", "forward b")], "b": [("01-1", "from a")]}
        self.assertEqual(list(check.forward_complaints(tables)), [])
        tables["a"] = []
        self.assertIn("no more", list(check.forward_complaints(tables))[0])


if __name__ == "__main__":
    unittest.main()
