"""ctx.storage: SQL, values by key, transactions."""

import datetime
import decimal
import unittest

from project_case import ProjectCase

HEAD = """
import asyncio, datetime, decimal
from stead import DurableObject, SqlError
from pyodide.ffi import run_sync
"""


class StorageCase(ProjectCase):
    def run_method(self, body, *args):
        """Runs the body of `go(self)`, where `sql`, `kv` and `storage` are the object's."""
        lines = "\n".join("        " + line for line in body.strip("\n").splitlines())
        self.load(f"""{HEAD}
class Thing(DurableObject):
    async def go(self):
        storage, sql, kv = self.ctx.storage, self.ctx.storage.sql, self.ctx.storage.kv
        sql.exec("CREATE TABLE IF NOT EXISTS t (a INTEGER UNIQUE, b)")
{lines}
""")
        return self.call(self.object(), "go", *args)


class Sql(StorageCase):
    def test_rows_are_dicts_with_attributes(self):
        self.assertEqual(self.run_method("""
sql.exec("INSERT INTO t VALUES (?, ?)", 1, "x")
row = sql.exec("SELECT * FROM t").one()
return [row, row.a, row["b"], row.to_py()]
"""), [{"a": 1, "b": "x"}, 1, "x", {"a": 1, "b": "x"}])  # fmt: skip

    def test_raw_rows_as_django_cf_reads_them(self):
        self.assertEqual(self.run_method("""
cursor = sql.exec("SELECT 1 AS id, 2 AS id, NULL AS n")
rows = cursor.raw().toArray().to_py()
return [type(rows) is list, rows, cursor.columnNames, cursor.rowsRead]
"""), [True, [[1, 2, None]], ["id", "id", "n"], 1])  # fmt: skip

    def test_repeated_column_names_keep_every_value(self):
        self.assertEqual(self.run_method("""
[row] = sql.exec("SELECT 1 AS id, 2 AS id").toArray().to_py()
return [value for name, value in row.items()]
"""), [1, 2])  # fmt: skip

    def test_null_is_none_both_ways(self):
        self.assertEqual(self.run_method("""
from pyodide.ffi import jsnull
sql.exec("INSERT INTO t VALUES (?, ?)", None, jsnull)
return sql.exec("SELECT * FROM t").toArray()
"""), [{"a": None, "b": None}])  # fmt: skip

    def test_blobs_are_bytes(self):
        self.assertEqual(self.run_method("""
value = sql.exec("SELECT ? AS v", b"\\x00\\xff").one().v
return [isinstance(value, bytes), value.to_bytes(), bytes(value.to_py())]
"""), [True, b"\x00\xff", b"\x00\xff"])  # fmt: skip

    def test_iteration_and_next(self):
        self.assertEqual(self.run_method("""
cursor = sql.exec("SELECT 1 AS a UNION SELECT 2")
return [cursor.next(), [row.a for row in cursor], cursor.next().done]
"""), [{"done": False, "value": {"a": 1}}, [2], True])  # fmt: skip

    def test_one_wants_exactly_one(self):
        self.assertEqual(self.run_method("""
from pyodide.ffi import JsException
out = []
for query in ("SELECT 1 WHERE 0", "SELECT 1 UNION SELECT 2"):
    try:
        sql.exec(query).one()
    except JsException as error:
        out.append(error.message)
return out
"""), ["Expected exactly one result from SQL query, but got none",
       "Expected exactly one result from SQL query, but got more than one"])  # fmt: skip

    def test_failure_is_raised_at_once(self):
        self.assertEqual(self.run_method("""
from pyodide.ffi import JsException
try:
    sql.exec("SELECT * FROM absent")
except SqlError as error:
    return [isinstance(error, JsException), error.code, error.message]
"""), [True, "SQLITE_ERROR", "no such table: absent: SQLITE_ERROR"])  # fmt: skip

    def test_js_error_inside_except_is_the_failure_itself(self):
        self.assertEqual(self.run_method("""
sql.exec("INSERT INTO t VALUES (1, 1)")
try:
    try:
        sql.exec("INSERT INTO t VALUES (1, 2)")
    except Exception:
        from js import Error
        Error.stackTraceLimit = 1e10
        raise Error(Error.new().stack)
except SqlError as error:
    return error.code
"""), "SQLITE_CONSTRAINT_UNIQUE")  # fmt: skip

    def test_js_error_elsewhere_is_an_error(self):
        import js

        with self.assertRaisesRegex(js.Error, "mine"):
            raise js.Error("mine")

    def test_one_handle_serves_every_object(self):
        self.load(HEAD + """
held = []
class Thing(DurableObject):
    def __init__(self, ctx, env):
        held[:] = [ctx.storage.sql]
        held[0].exec("CREATE TABLE IF NOT EXISTS t (v)")
    def write(self, value):
        held[0].exec("INSERT INTO t VALUES (?)", value)
    def read(self):
        return [row.v for row in held[0].exec("SELECT v FROM t")]
""")  # fmt: skip
        first, second = self.object(name="first"), self.object(name="second")
        self.call(first, "write", 1)
        self.call(second, "write", 2)
        self.call(first, "write", 3)
        self.assertEqual(self.call(first, "read"), [1, 3])
        self.assertEqual(self.call(second, "read"), [2])


class KeyValues(StorageCase):
    def test_values_of_every_kind_come_back(self):
        values = [None, True, 1, 2**63 - 1, 1.5, "s", b"b", [1], {"a": [2]}, {1: 2}, {1, 2},
                  (1, 2), 10**30, float("inf"), decimal.Decimal("1.10"),
                  datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC), datetime.date(2026, 1, 2),
                  datetime.time(3, 4)]  # fmt: skip
        self.load(HEAD + """
class Thing(DurableObject):
    def put(self, value):
        self.ctx.storage.kv.put("k", value)
        return self.ctx.storage.kv.get("k")
""")  # fmt: skip
        for value in values:
            with self.subTest(value):
                back = self.call(self.object(), "put", value)
                self.assertEqual(back, value)

    def test_what_cannot_be_stored_is_named(self):
        with self.assertRaisesRegex(TypeError, "type function"):
            self.run_method("kv.put('k', lambda: None)")

    def test_list_options(self):
        self.assertEqual(self.run_method("""
for key in ("a", "b1", "b2", "b3", "c"):
    kv.put(key, key)
return [list(kv.list()), list(kv.list({"prefix": "b", "reverse": True, "limit": 2})),
        list(kv.list(start="b1", end="c")), list(kv.list({"startAfter": "b3"}))]
"""), [["a", "b1", "b2", "b3", "c"], ["b3", "b2"], ["b1", "b2", "b3"], ["c"]])  # fmt: skip

    def test_unknown_option_is_refused(self):
        with self.assertRaisesRegex(TypeError, "perfix"):
            self.run_method("kv.list({'perfix': 'a'})")

    def test_asynchronous_calls_work_with_await_and_run_sync(self):
        self.assertEqual(self.run_method("""
await storage.put("one", 1)
run_sync(storage.put({"two": 2, "three": 3}))
return [await storage.get("one"), await storage.get(["two", "absent", "three"]),
        await storage.delete("one"), await storage.delete("one"),
        await storage.delete(["two", "three", "four"]), run_sync(storage.list())]
"""), [1, {"two": 2, "three": 3}, True, False, 2, {}])  # fmt: skip


class Transactions(StorageCase):
    def test_transaction_sync_commits(self):
        self.assertEqual(self.run_method("""
result = storage.transactionSync(lambda: sql.exec("INSERT INTO t VALUES (1, 1)") and "done")
return [result, sql.exec("SELECT count(*) AS n FROM t").one().n]
"""), ["done", 1])  # fmt: skip

    def test_transaction_sync_undoes_and_raises(self):
        self.assertEqual(self.run_method("""
sql.exec("INSERT INTO t VALUES (1, 1)")
def fails():
    sql.exec("INSERT INTO t VALUES (2, 2)")
    raise ValueError("no")
try:
    storage.transactionSync(fails)
except ValueError:
    return sql.exec("SELECT a FROM t").toArray()
"""), [{"a": 1}])  # fmt: skip

    def test_transactions_nest(self):
        self.assertEqual(self.run_method("""
def outer():
    sql.exec("INSERT INTO t VALUES (1, 1)")
    def inner():
        sql.exec("INSERT INTO t VALUES (2, 2)")
        raise KeyError
    try:
        storage.transactionSync(inner)
    except KeyError:
        pass
storage.transactionSync(outer)
return [row.a for row in sql.exec("SELECT a FROM t")]
"""), [1])  # fmt: skip

    def test_asynchronous_transaction(self):
        self.assertEqual(self.run_method("""
async def commits(txn):
    await asyncio.sleep(1)
    sql.exec("INSERT INTO t VALUES (1, 1)")
    return "committed"
async def fails():
    sql.exec("INSERT INTO t VALUES (2, 2)")
    await asyncio.sleep(1)
    raise ValueError
async def rolls_back(txn):
    sql.exec("INSERT INTO t VALUES (3, 3)")
    txn.rollback()
out = [await storage.transaction(commits)]
try:
    await storage.transaction(fails)
except ValueError:
    out.append("failed")
await storage.transaction(rolls_back)
return out + [row.a for row in sql.exec("SELECT a FROM t")]
"""), ["committed", "failed", 1])  # fmt: skip

    def test_sync_is_awaitable(self):
        self.assertIsNone(self.run_method("return await storage.sync()"))

    def test_alarms_say_that_they_are_not_there_yet(self):
        with self.assertRaisesRegex(NotImplementedError, "alarms are not there yet"):
            self.run_method("storage.setAlarm(0)")


if __name__ == "__main__":
    unittest.main()
