"""One scenario with the official Python driver: prints one JSON object, `result` or `error`."""

import json
import os
import sys
import time

import snowflake.connector

TARGET = json.loads(os.environ["ICECORE_TARGET"])


def connect(**more):
    how = {
        "account": TARGET["account"],
        "host": TARGET["host"],
        "port": TARGET["port"],
        "protocol": TARGET["protocol"],
        "user": TARGET["user"],
        "login_timeout": 20,
        "database": "SHOP",
        "schema": "SALES",
        "warehouse": "COMPUTE_WH",
    }
    if TARGET.get("token"):
        how.update(authenticator="oauth", token=TARGET["token"])
    else:
        how.update(password=TARGET["password"])
    how.update(more)
    return snowflake.connector.connect(**how)


def rows(connection, sql, *args, **more):
    cursor = connection.cursor()
    cursor.execute(sql, *args, **more)
    return cursor.fetchall()


def text(rows_):
    return [[None if cell is None else f"{type(cell).__name__} {cell}" for cell in row] for row in rows_]


def log_in():
    with connect() as connection:
        return text(rows(connection, "SELECT CURRENT_ROLE(), CURRENT_DATABASE(), CURRENT_SCHEMA()"))


def refused_log_in():
    connect(token="not.a.token", authenticator="oauth")


def types():
    with connect() as connection:
        return text(rows(connection, TARGET["sql"]))


def many_rows():
    with connect() as connection:
        found = []
        for count in (0, 1, 100_000):
            got = rows(connection, f"SELECT SEQ4() AS N FROM TABLE(GENERATOR(ROWCOUNT => 100000)) LIMIT {count}")
            found.append([len(got), sum(row[0] for row in got)])
        return found


def binds():
    with connect() as connection:
        return text(rows(connection, "SELECT %s, %s, %s", (7, "it's", None)))


def array_binds():
    snowflake.connector.paramstyle = "qmark"
    with connect() as connection:
        rows(connection, "CREATE TEMPORARY TABLE ARRAY_BINDS (N INT, T TEXT)")
        connection.cursor().executemany("INSERT INTO ARRAY_BINDS VALUES (?, ?)", [(n, f"t{n}") for n in range(5)])
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


def denial():
    with connect() as connection:
        rows(connection, "ALTER USER ICECORE SET PASSWORD = 'x'")


def sql_error():
    with connect() as connection:
        rows(connection, "SELECT NO_SUCH_COLUMN FROM PRODUCTS")


def put_refused():
    with connect() as connection:
        rows(connection, "PUT file:///etc/hostname @~")


def asynchronous():
    with connect() as one, connect() as other:
        cursor = one.cursor()
        cursor.execute_async("SELECT SYSTEM$WAIT(1), 7")
        later = other.cursor()
        later.get_results_from_sfqid(cursor.sfqid)
        return int(later.fetchall()[0][1])


def cancel():
    with connect(**({"query_timeout": 2} if TARGET["major"] >= 5 else {})) as connection:
        rows(connection, "SELECT SYSTEM$WAIT(60)", **({} if TARGET["major"] >= 5 else {"timeout": 2}))


def restart():
    with connect() as connection:
        print("started", file=sys.stderr, flush=True)
        return int(rows(connection, "SELECT SYSTEM$WAIT(4), 7")[0][1])


def main():
    begun = time.monotonic()
    try:
        answer = {"result": globals()[sys.argv[1]]()}
    except snowflake.connector.errors.Error as error:
        answer = {"error": {"code": str(error.errno), "sqlState": error.sqlstate, "message": str(error)}}
    answer["seconds"] = time.monotonic() - begun
    print(json.dumps(answer))


main()
