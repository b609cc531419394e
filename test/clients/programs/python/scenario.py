"""One scenario with the official Python driver: prints one JSON object, `result` or `error`."""

import json
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import snowflake.connector
from connection import TARGET, connect, ready, rows, seconds, text

MANY_ROWS = "SELECT SEQ4() AS N FROM TABLE(GENERATOR(ROWCOUNT => 1000000)) LIMIT {rows}"


def log_in():
    with connect() as connection:
        return text(rows(connection, "SELECT CURRENT_ROLE(), CURRENT_DATABASE(), CURRENT_SCHEMA()"))


def statement():
    with connect() as connection:
        ready()
        return text(rows(connection, TARGET["sql"]))


def twice():
    with connect() as connection:
        rows(connection, TARGET["sql"])
        time.sleep(TARGET["pause"])
        return text(rows(connection, TARGET["sql"]))


def fetch_rows():
    with connect() as connection:
        ready()
        got = rows(connection, MANY_ROWS.format(**TARGET))
        return [len(got), sum(row[0] for row in got)]


def read_through():
    """Rows, seconds until the first and until the last, of what `sql` asks for, in the form that `mode` names."""
    with connect() as connection:
        cursor = connection.cursor()
        start = time.monotonic()
        cursor.execute(TARGET["sql"])
        if TARGET["mode"] == "rows":
            read, first = 0, None
            for _ in cursor:
                first = first or time.monotonic() - start
                read += 1
        else:
            batches = cursor.fetch_arrow_batches() if TARGET["mode"] == "arrow" else cursor.fetch_pandas_batches()
            read, first = 0, None
            for batch in batches:
                first = first or time.monotonic() - start
                read += len(batch)
        return [read, first, time.monotonic() - start]


def pandas():
    with connect() as connection:
        cursor = connection.cursor()
        cursor.execute(MANY_ROWS.format(**TARGET))
        frame = cursor.fetch_pandas_all()
        return [len(frame), int(frame["N"].sum())]


def arrow():
    with connect() as connection:
        cursor = connection.cursor()
        cursor.execute(MANY_ROWS.format(**TARGET))
        table = cursor.fetch_arrow_all()
        return [table.num_rows, sum(table["N"].to_pylist())]


def describe():
    with connect() as connection:
        return [column.name for column in connection.cursor().describe("SELECT 1 AS N, 'a' AS T")]


def binds():
    with connect() as connection:
        return text(rows(connection, "SELECT %s, %s, %s", (7, "it's", None)))


def array_binds():
    snowflake.connector.paramstyle = "qmark"
    with connect() as connection:
        rows(connection, "CREATE TEMPORARY TABLE ARRAY_BINDS (N INT, T TEXT)")
        values = [(n, f"t{n}") for n in range(TARGET["rows"])]
        connection.cursor().executemany("INSERT INTO ARRAY_BINDS VALUES (?, ?)", values)
        return text(rows(connection, "SELECT COUNT(*), SUM(N), MAX(T) FROM ARRAY_BINDS"))


def multi_statement():
    with connect() as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT 1; SELECT 2; SELECT 3", num_statements=3)
        found = [cursor.fetchall()]
        while cursor.nextset():
            found.append(cursor.fetchall())
        return [int(one[0][0]) for one in found]


def transaction():
    with connect() as connection:
        rows(connection, "CREATE TEMPORARY TABLE IN_TRANSACTION (N INT)")
        rows(connection, "BEGIN")
        rows(connection, "INSERT INTO IN_TRANSACTION VALUES (1), (2)")
        within = rows(connection, "SELECT COUNT(*) FROM IN_TRANSACTION")[0][0]
        rows(connection, "ROLLBACK")
        return [int(within), int(rows(connection, "SELECT COUNT(*) FROM IN_TRANSACTION")[0][0])]


def session_state():
    with connect() as connection:
        rows(connection, "USE SCHEMA CRM")
        rows(connection, "SET MARK = 'kept'")
        return text(rows(connection, "SELECT CURRENT_SCHEMA(), $MARK"))


def insert():
    with connect() as connection:
        rows(connection, "CREATE TEMPORARY TABLE ONCE (N INT)")
        ready()
        rows(connection, "INSERT INTO ONCE VALUES (1)")
        return int(rows(connection, "SELECT COUNT(*) FROM ONCE")[0][0])


def asynchronous():
    with connect() as one, connect(TARGET["other"]) as other:
        cursor = one.cursor()
        cursor.execute_async("SELECT SYSTEM$WAIT(1), 7")
        later = other.cursor()
        later.get_results_from_sfqid(cursor.sfqid)
        return int(later.fetchall()[0][1])


def status():
    with connect() as connection:
        cursor = connection.cursor()
        cursor.execute_async("SELECT SYSTEM$WAIT(1), 7")
        found = connection.get_query_status(cursor.sfqid)
        while connection.is_still_running(found):
            time.sleep(0.3)
            found = connection.get_query_status(cursor.sfqid)
        return found.name


def cancel_timeout():
    with connect(**({"query_timeout": 2} if TARGET["major"] >= 5 else {})) as connection:
        rows(connection, "SELECT SYSTEM$WAIT(60)", **({} if TARGET["major"] >= 5 else {"timeout": 2}))


def cancel_call():
    """A statement is cancelled by its query id, which an asynchronous one has at once."""
    with connect() as connection:
        cursor = connection.cursor()
        cursor.execute_async("SELECT SYSTEM$WAIT(60)")
        threading.Timer(2, lambda: cursor.abort_query(cursor.sfqid)).start()
        later = connection.cursor()
        later.get_results_from_sfqid(cursor.sfqid)
        later.fetchall()


def cancel_interrupt():
    with connect() as connection:
        # To the thread that waits: as the terminal's, it must interrupt the reading of a socket.
        reader = threading.main_thread().ident
        threading.Timer(2, lambda: signal.pthread_kill(reader, signal.SIGINT)).start()
        rows(connection, "SELECT SYSTEM$WAIT(60)")


def crowd():
    def one(index):
        with connect() as connection:
            return [rows(connection, f"SELECT {index}")[0][0] for _ in range(TARGET["each"])]

    with ThreadPoolExecutor(TARGET["rows"]) as pool:
        found = [number for numbers in pool.map(one, range(TARGET["rows"])) for number in numbers]
    return [len(found), sum(found)]


PROGRAMS = {"rows": fetch_rows}


def main():
    name = sys.argv[1]
    try:
        answer = {"result": (PROGRAMS.get(name) or globals()[name])()}
    except snowflake.connector.errors.Error as error:
        answer = {"error": {"code": str(error.errno), "sqlState": error.sqlstate, "message": str(error)}}
    except (Exception, KeyboardInterrupt) as error:
        # An error that is none of the driver's own kinds: its name is what a person would see first.
        answer = {"error": {"code": "", "sqlState": None, "message": f"{type(error).__name__}: {error}"}}
    answer["seconds"] = seconds()
    print(json.dumps(answer), flush=True)


main()
