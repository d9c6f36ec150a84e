#!/usr/bin/env python3
"""The driver `stead.dbapi` and the module `_stead` below it, in a plain interpreter."""

from __future__ import annotations

import ctypes
import datetime
import functools
import gc
import math
import threading
import unittest

import _stead
from stead import dbapi


class Driver(unittest.TestCase):
    def setUp(self) -> None:
        self.connection = dbapi.connect(":memory:", autocommit=True)
        self.addCleanup(self.connection.close)
        self.cursor = self.connection.cursor()
        self.cursor.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v UNIQUE)")

    def put(self, *values: object) -> None:
        self.connection.executemany("INSERT INTO t(v) VALUES(?)", [(value,) for value in values])

    def values(self) -> list[object]:
        return [v for (v,) in self.connection.execute("SELECT v FROM t ORDER BY id")]


class Values(Driver):
    def test_come_back_as_they_went(self) -> None:
        for value in (
            None, 0, 1, -1, 2**63 - 1, -(2**63), 0.5, math.inf, -0.0, 1e300, "", "é漢\U0001f600",
            "a\0b", b"", b"\x00\xff", True, "x" * 100_000,
        ):  # fmt: skip
            (back,) = self.cursor.execute("SELECT ?", (value,)).fetchone()
            self.assertEqual(back, value)
            self.assertIs(type(back), int if value is True else type(value))

    def test_what_has_a_buffer_is_bytes(self) -> None:
        for value in (bytearray(b"ab"), memoryview(b"xabx")[1:3]):
            self.assertEqual(self.cursor.execute("SELECT ?", (value,)).fetchone(), (b"ab",))

    def test_subclasses_are_what_they_are(self) -> None:
        class Text(str):
            pass

        class Whole(int):
            pass

        row = self.cursor.execute("SELECT ?, ?", (Text("a"), Whole(3))).fetchone()
        self.assertEqual(row, ("a", 3))

    def test_too_large(self) -> None:
        for value in (2**63, -(2**63) - 1):
            with self.assertRaises(OverflowError):
                self.cursor.execute("SELECT ?", (value,))

    def test_no_text(self) -> None:
        with self.assertRaises(UnicodeEncodeError):
            self.cursor.execute("SELECT ?", ("\ud800",))

    def test_of_other_types(self) -> None:
        with self.assertRaisesRegex(dbapi.ProgrammingError, "parameter 2: type 'object'"):
            self.cursor.execute("SELECT ?, ?", (1, object()))
        with self.assertRaises(TypeError):
            self.connection.native.execute("SELECT ?", (object(),))

    def test_adapters(self) -> None:
        class Point:
            pass

        dbapi.register_adapter(Point, lambda point: "a point")
        self.assertEqual(self.cursor.execute("SELECT ?", (Point(),)).fetchone(), ("a point",))

    def test_converters(self) -> None:
        dbapi.register_converter("stamp_of_test", lambda text: ("slow", text), "datetime")
        dbapi.register_converter("test_kind", bytes.upper)
        self.cursor.execute("CREATE TABLE c(a stamp_of_test, b TEST_KIND(20), c)")
        for text in ("2020-02-29 23:59:59", "2020-02-29T23:59:59.000123"):
            self.cursor.execute("INSERT INTO c VALUES(?, 'x', 'y')", (text,))
        self.cursor.execute("INSERT INTO c VALUES('2020-02-30 00:00:00', NULL, 'z')")
        self.assertEqual(
            self.cursor.execute("SELECT * FROM c").fetchall(),
            [
                (datetime.datetime(2020, 2, 29, 23, 59, 59), b"X", "y"),
                (datetime.datetime(2020, 2, 29, 23, 59, 59, 123), b"X", "y"),
                (("slow", b"2020-02-30 00:00:00"), None, "z"),
            ],
        )
        self.assertEqual(self.cursor.execute("SELECT a || '' FROM c").fetchone()[0][:4], "2020")


class Parameters(Driver):
    def test_by_position_and_by_name(self) -> None:
        self.assertEqual(self.cursor.execute("SELECT ?, ?", [1, 2]).fetchone(), (1, 2))
        row = self.cursor.execute("SELECT :b, @a, $b", {"a": 1, "b": 2, "c": 3}).fetchone()
        self.assertEqual(row, (2, 1, 2))

    def test_too_few_and_too_many(self) -> None:
        for params in ((), (1,), (1, 2, 3)):
            with self.assertRaises(dbapi.ProgrammingError):
                self.cursor.execute("SELECT ?, ?", params)
        with self.assertRaisesRegex(dbapi.ProgrammingError, ":b"):
            self.cursor.execute("SELECT :a, :b", {"a": 1})

    def test_thirty_thousand(self) -> None:
        marks = ",".join("?" * 32766)
        self.cursor.execute(f"SELECT count(*) WHERE 5 IN ({marks})", tuple(range(32766)))
        self.assertEqual(self.cursor.fetchone(), (1,))


class Cursors(Driver):
    def test_fetching(self) -> None:
        self.put(*"abcde")
        self.cursor.execute("SELECT v FROM t ORDER BY id")
        self.assertEqual(self.cursor.fetchone(), ("a",))
        self.assertEqual(self.cursor.fetchmany(), [("b",)])
        self.assertEqual(self.cursor.fetchmany(2), [("c",), ("d",)])
        self.assertEqual(next(self.cursor), ("e",))
        self.assertIsNone(self.cursor.fetchone())
        self.assertEqual(self.cursor.fetchall(), [])
        self.assertRaises(StopIteration, next, self.cursor)

    def test_description_and_counts(self) -> None:
        self.assertIsNone(self.cursor.description)
        self.cursor.execute("SELECT 1 AS a, 2 AS a WHERE 0")
        self.assertEqual([column[0] for column in self.cursor.description], ["a", "a"])
        self.assertEqual({len(column) for column in self.cursor.description}, {7})
        self.assertEqual(self.cursor.rowcount, -1)
        self.cursor.execute("INSERT INTO t(v) VALUES(1), (2)")
        self.assertEqual((self.cursor.rowcount, self.cursor.lastrowid), (2, 2))
        self.assertIsNone(self.cursor.description)
        self.cursor.execute("UPDATE t SET v = 9 WHERE v = 77")
        self.assertEqual(self.cursor.rowcount, 0)
        self.cursor.executemany("UPDATE t SET v = v + 10 WHERE v >= ?", [(0,), (2,)])
        self.assertEqual(self.cursor.rowcount, 4)

    def test_returning(self) -> None:
        self.cursor.execute("INSERT INTO t(v) VALUES('a'), ('b') RETURNING id, v")
        self.assertEqual(self.cursor.fetchall(), [(1, "a"), (2, "b")])

    def test_two_at_once(self) -> None:
        self.put(1, 2, 3)
        first = self.connection.execute("SELECT v FROM t")
        second = self.connection.execute("SELECT v FROM t")
        self.assertEqual([next(first), next(second), next(first)], [(1,), (1,), (2,)])

    def test_writing_while_reading(self) -> None:
        self.put(1, 2, 3)
        for id, v in self.connection.execute("SELECT id, v FROM t"):
            self.cursor.execute("UPDATE t SET v = ? WHERE id = ?", (v * 10, id))
        self.assertEqual(self.values(), [10, 20, 30])

    def test_drained_ones_outlive_the_statement(self) -> None:
        self.put(1, 2, 3)
        self.cursor.execute("SELECT v FROM t")
        self.assertEqual(next(self.cursor), (1,))
        self.connection.native.drain_cursors()
        self.connection.execute("DELETE FROM t")
        self.assertEqual(self.cursor.fetchall(), [(2,), (3,)])
        self.assertEqual(self.cursor.description[0][0], "v")

    def test_closed(self) -> None:
        self.cursor.close()
        for use in (self.cursor.fetchone, self.cursor.fetchall, lambda: self.cursor.execute("")):
            self.assertRaises(dbapi.ProgrammingError, use)
        self.connection.close()
        self.assertRaises(dbapi.ProgrammingError, self.connection.cursor)

    def test_rows_keep_the_connection(self) -> None:
        rows = _stead.connect().execute("SELECT 1 UNION SELECT 2")
        gc.collect()
        self.assertEqual(list(rows), [(1,), (2,)])
        other = _stead.connect()
        rows = other.execute("SELECT 1 UNION SELECT 2")
        other.close()
        self.assertRaises(_stead.SqlError, next, rows)


class Errors(Driver):
    def test_their_kinds(self) -> None:
        self.put(1)
        for sql, kind, code in (
            ("INSERT INTO t(v) VALUES(1)", dbapi.IntegrityError, "SQLITE_CONSTRAINT_UNIQUE"),
            ("SELECT * FROM nothing", dbapi.OperationalError, "SQLITE_ERROR"),
            ("SELEC", dbapi.OperationalError, "SQLITE_ERROR"),
            ("ATTACH ':memory:' AS x", dbapi.DatabaseError, "SQLITE_AUTH"),
        ):
            with self.assertRaises(kind) as raised:
                self.cursor.execute(sql)
            self.assertEqual(raised.exception.code, code)
            self.assertIs(type(raised.exception), kind)
            self.assertNotIn("SQLITE_", str(raised.exception))

    def test_native_ones(self) -> None:
        self.put(1)
        with self.assertRaises(_stead.SqlError) as raised:
            self.connection.native.execute("INSERT INTO t(v) VALUES(1)")
        self.assertEqual(raised.exception.code, "SQLITE_CONSTRAINT_UNIQUE")
        self.assertEqual(raised.exception.errorcode, 2067)


class Transactions(Driver):
    def test_commit_and_rollback(self) -> None:
        self.cursor.execute("BEGIN")
        self.assertTrue(self.connection.in_transaction)
        self.put(1)
        self.connection.rollback()
        self.assertFalse(self.connection.in_transaction)
        self.cursor.execute("begin immediate transaction;")
        self.put(2)
        self.cursor.execute("COMMIT")
        self.assertEqual(self.values(), [2])

    def test_savepoints(self) -> None:
        self.cursor.execute("BEGIN")
        self.cursor.execute('SAVEPOINT "s 1"')
        self.put(1)
        self.cursor.execute("SAVEPOINT s2")
        self.put(2)
        self.cursor.execute("ROLLBACK TO SAVEPOINT s2")
        self.cursor.execute("RELEASE s2")
        self.cursor.execute('RELEASE SAVEPOINT "s 1"')
        self.cursor.execute("END")
        self.assertEqual(self.values(), [1])
        with self.assertRaisesRegex(dbapi.OperationalError, "no such savepoint: s2"):
            self.cursor.execute("RELEASE s2")

    def test_without_autocommit(self) -> None:
        self.connection.autocommit = False
        self.cursor.execute("SELECT 1")
        self.assertFalse(self.connection.in_transaction)
        self.put(1)
        self.assertTrue(self.connection.in_transaction)
        self.connection.rollback()
        self.assertEqual(self.values(), [])
        with self.connection:
            self.put(2)
        with self.assertRaises(ZeroDivisionError), self.connection:
            self.put(3)
            1 / 0
        self.assertEqual(self.values(), [2])

    def test_wrong_order(self) -> None:
        for sql in ("COMMIT", "ROLLBACK"):
            with self.assertRaisesRegex(dbapi.OperationalError, "no transaction is active"):
                self.cursor.execute(sql)
        self.cursor.execute("BEGIN")
        with self.assertRaisesRegex(dbapi.OperationalError, "within a transaction"):
            self.cursor.execute("BEGIN")

    def test_deferred_foreign_keys(self) -> None:
        self.cursor.execute(
            "CREATE TABLE c(t REFERENCES t(id) DEFERRABLE INITIALLY DEFERRED)"
        )
        with self.assertRaises(dbapi.IntegrityError):
            self.cursor.execute("INSERT INTO c VALUES(7)")
        self.cursor.execute("BEGIN")
        self.cursor.execute("INSERT INTO c VALUES(7)")
        with self.assertRaises(dbapi.IntegrityError) as raised:
            self.connection.commit()
        self.assertEqual(raised.exception.code, "SQLITE_CONSTRAINT_FOREIGNKEY")
        self.assertTrue(self.connection.in_transaction)
        self.cursor.execute("INSERT INTO t VALUES(7, 'parent')")
        self.connection.commit()
        self.assertEqual(self.connection.execute("SELECT * FROM c").fetchall(), [(7,)])

    def test_failed_statement_leaves_the_others(self) -> None:
        self.cursor.execute("BEGIN")
        self.put(1)
        self.assertRaises(dbapi.IntegrityError, self.put, 1)
        self.put(2)
        self.connection.commit()
        self.assertEqual(self.values(), [1, 2])

    def test_conflict_clauses(self) -> None:
        self.put(1)
        with self.assertRaises(dbapi.IntegrityError):
            self.cursor.execute("INSERT OR FAIL INTO t(v) VALUES(2), (1), (3)")
        self.assertEqual(self.values(), [1, 2])
        self.cursor.execute("BEGIN")
        self.put(5)
        with self.assertRaises(dbapi.DatabaseError):
            self.cursor.execute("INSERT OR ROLLBACK INTO t(v) VALUES(1)")
        self.assertFalse(self.connection.in_transaction)
        self.assertEqual(self.values(), [1, 2])


class Functions(Driver):
    def test_scalars(self) -> None:
        self.connection.create_function("joined", -1, lambda *words: "-".join(map(str, words)))
        row = self.cursor.execute("SELECT joined(1, 'a', NULL, x'00')").fetchone()
        self.assertEqual(row, ("1-a-None-b'\\x00'",))
        self.connection.create_function("joined", -1, None)
        self.assertRaises(dbapi.OperationalError, self.cursor.execute, "SELECT joined()")

    def test_failures(self) -> None:
        self.connection.create_function("fail", 0, lambda: 1 / 0)
        with self.assertRaisesRegex(
            dbapi.OperationalError, "user-defined function raised exception.*ZeroDivisionError"
        ):
            self.cursor.execute("SELECT fail()")
        self.connection.create_function("odd", 0, lambda: object())
        self.assertRaises(dbapi.OperationalError, self.cursor.execute, "SELECT odd()")

    def test_aggregates(self) -> None:
        class Longest:
            def __init__(self) -> None:
                self.found = ""

            def step(self, text: str) -> None:
                self.found = max(self.found, text, key=len)

            def finalize(self) -> str:
                return self.found

        self.connection.create_aggregate("longest", 1, Longest)
        self.assertEqual(self.cursor.execute("SELECT longest(v) FROM t").fetchone(), (None,))
        self.put("a", "abc", "ab")
        self.assertEqual(self.cursor.execute("SELECT longest(v) FROM t").fetchone(), ("abc",))

    def test_may_query(self) -> None:
        self.put(1, 2)
        other = self.connection.cursor()
        self.connection.create_function(
            "total", 0, lambda: other.execute("SELECT sum(v) FROM t").fetchone()[0]
        )
        self.assertEqual(self.cursor.execute("SELECT total() + v FROM t").fetchall(), [(4,), (5,)])


class LongStatements(Driver):
    def test_end_when_the_thread_is_to_stop(self) -> None:
        """As the watchdog of events asks it to; here a function that the statement calls does."""

        class TooLong(Exception):
            pass

        # Nothing of it is Python's code, which would see the request before the statement goes on.
        stop = functools.partial(
            ctypes.pythonapi.PyThreadState_SetAsyncExc,
            ctypes.c_ulong(threading.get_ident()),
            ctypes.py_object(TooLong),
        )
        self.connection.create_function("stop", 0, stop)
        with self.assertRaises(TooLong):
            try:
                self.cursor.execute(
                    "WITH RECURSIVE n(i) AS (SELECT stop() UNION ALL SELECT i + 1 FROM n) "
                    "SELECT sum(i) FROM n"
                )
            except dbapi.OperationalError:
                while True:
                    pass


class Images(Driver):
    def test_copy(self) -> None:
        self.put(*range(1000))
        image = self.connection.native.serialize()
        other = dbapi.connect(":memory:")
        other.native.load(image)
        self.assertEqual(other.execute("SELECT count(*), sum(v) FROM t").fetchone(), (1000, 499500))
        self.assertFalse(other.in_transaction)
        self.assertGreater(other.native.database_size, 8192)


class Rows(Driver):
    def test_of_the_native_connection(self) -> None:
        self.put(1, 2, 3)
        rows = self.connection.native.execute("SELECT v, v FROM t")
        self.assertEqual(rows.columns, ("v", "v"))
        self.assertEqual((next(rows), rows.fetch(1), rows.fetch()), ((1, 1), [(2, 2)], [(3, 3)]))
        self.assertEqual((rows.rows_read, rows.rows_written, rows.changes), (3, 0, -1))
        rows = self.connection.native.execute("INSERT INTO t(v) VALUES(?)", (4,))
        self.assertEqual((rows.changes, rows.rows_written, rows.last_row_id), (1, 1, 4))
        self.assertIsNone(rows.columns)
        changes = self.connection.native.execute_many("DELETE FROM t WHERE v = ?", [(1,), (9,)])
        self.assertEqual(changes, 1)
        for sql in ("BEGIN", "SAVEPOINT a"):
            self.assertRaises(_stead.SqlError, self.connection.native.execute, sql)


if __name__ == "__main__":
    unittest.main()
