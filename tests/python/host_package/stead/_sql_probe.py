"""What requests ask of an object's SQL, through the module `_stead` alone."""

import _stead


class SqlProbe:
    def sql(self, event, *_):
        """Runs the statements of the body, one on each line; `wait` lets the turn end meanwhile."""
        storage = _stead.storage()
        self.sql_same = getattr(self, "sql_same", storage)
        assert storage is self.sql_same, "one connection for an instance"
        cursor = _stead.Cursor(storage)
        said = []
        for line in event.request[3].decode().splitlines():
            try:
                if line == "wait":
                    self.wait(lambda done: _stead.sleep(0.01, done))
                elif line == "flush":
                    storage.flush()
                elif line == "next":
                    said.append(cursor.fetchone())
                else:
                    cursor.execute(line)
                    if line.startswith(("SELECT", "PRAGMA")):
                        said.append(cursor.fetchone())
            except (_stead.SqlError, _stead.StorageError) as error:
                said.append(error.code or str(error))
        self.settle(event, " ".join(str(x[0]) if isinstance(x, tuple) else str(x) for x in said))
