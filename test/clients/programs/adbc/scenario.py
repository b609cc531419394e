"""One scenario with ADBC's Snowflake driver: prints one JSON object, `result` or `error`."""

import json
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pyarrow
from adbc_driver_snowflake import dbapi

TARGET = json.loads(os.environ["ICECORE_TARGET"])
MANY_ROWS = "SELECT SEQ4() AS N FROM TABLE(GENERATOR(ROWCOUNT => 1000000)) LIMIT {rows}"

CREDENTIALS = {
    "oauth": lambda secret: {"auth_type": "auth_oauth", "client_option.auth_token": secret},
    "pat": lambda secret: {"auth_type": "auth_pat", "client_option.auth_token": secret},
    "workload": lambda secret: {
        "auth_type": "auth_wif",
        "client_option.identity_provider": "OIDC",
        "client_option.auth_token": secret,
    },
    "password": lambda secret: {},
}

begun = time.monotonic()


def connect(secret=None, autocommit=True):
    secret = secret or TARGET["secret"]
    options = {
        "account": TARGET["account"],
        "uri.host": TARGET["host"],
        "uri.port": str(TARGET["port"]),
        "uri.protocol": TARGET["protocol"],
        "db": "SHOP",
        "schema": "SALES",
        "warehouse": "COMPUTE_WH",
        "client_option.login_timeout": f"{TARGET['patience']}s",
        **CREDENTIALS[TARGET["way"]](secret),
    }
    how = {f"adbc.snowflake.sql.{name}": value for name, value in options.items()}
    how["username"] = TARGET["user"]
    if TARGET["way"] == "password":
        how["password"] = secret
    return dbapi.connect(db_kwargs=how, autocommit=autocommit)


def rows(connection, sql, *args):
    with connection.cursor() as cursor:
        cursor.execute(sql, *args)
        return cursor.fetchall()


def run(connection, sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def ready():
    """Says that it has begun, and waits until it may go on."""
    global begun
    print("started", file=sys.stderr, flush=True)
    sys.stdin.readline()
    begun = time.monotonic()


def text(rows_):
    return [[None if cell is None else f"{type(cell).__name__} {cell}" for cell in row] for row in rows_]


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
        return [len(got), int(sum(row[0] for row in got))]


def pandas():
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute(MANY_ROWS.format(**TARGET))
        frame = cursor.fetch_df()
        return [len(frame), int(frame["N"].sum())]


def arrow():
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute(MANY_ROWS.format(**TARGET))
        table = cursor.fetch_arrow_table()
        return [table.num_rows, int(sum(table["N"].to_pylist()))]


def describe():
    with connect() as connection, connection.cursor() as cursor:
        return cursor.adbc_execute_schema("SELECT 1 AS N, 'a' AS T").names


def binds():
    with connect() as connection:
        # A null without a type is not taken.
        arrays = [pyarrow.array([7]), pyarrow.array(["it's"]), pyarrow.array([None], pyarrow.string())]
        values = pyarrow.RecordBatch.from_arrays(arrays, ["a", "b", "c"])
        return text(rows(connection, "SELECT ?, ?, ?", values))


def array_binds():
    with connect() as connection:
        run(connection, "CREATE TEMPORARY TABLE ARRAY_BINDS (N INT, T TEXT)")
        with connection.cursor() as cursor:
            values = [(n, f"t{n}") for n in range(TARGET["rows"])]
            cursor.executemany("INSERT INTO ARRAY_BINDS VALUES (?, ?)", values)
        return text(rows(connection, "SELECT COUNT(*), SUM(N), MAX(T) FROM ARRAY_BINDS"))


def transaction():
    with connect(autocommit=False) as connection:
        run(connection, "CREATE TEMPORARY TABLE IN_TRANSACTION (N INT)")
        connection.commit()
        run(connection, "INSERT INTO IN_TRANSACTION VALUES (1), (2)")
        within = rows(connection, "SELECT COUNT(*) FROM IN_TRANSACTION")[0][0]
        connection.rollback()
        return [int(within), int(rows(connection, "SELECT COUNT(*) FROM IN_TRANSACTION")[0][0])]


def session_state():
    with connect() as connection:
        run(connection, "USE SCHEMA CRM")
        run(connection, "SET MARK = 'kept'")
        return text(rows(connection, "SELECT CURRENT_SCHEMA(), $MARK"))


def insert():
    with connect() as connection:
        run(connection, "CREATE TEMPORARY TABLE ONCE (N INT)")
        ready()
        run(connection, "INSERT INTO ONCE VALUES (1)")
        return int(rows(connection, "SELECT COUNT(*) FROM ONCE")[0][0])


def cancel_call():
    with connect() as connection, connection.cursor() as cursor:
        threading.Timer(2, cursor.adbc_cancel).start()
        cursor.execute("SELECT SYSTEM$WAIT(60)")
        cursor.fetchall()


def crowd():
    def one(index):
        with connect() as connection:
            return [int(rows(connection, f"SELECT {index}")[0][0]) for _ in range(TARGET["each"])]

    with ThreadPoolExecutor(TARGET["rows"]) as pool:
        found = [number for numbers in pool.map(one, range(TARGET["rows"])) for number in numbers]
    return [len(found), sum(found)]


PROGRAMS = {"rows": fetch_rows}


def main():
    name = sys.argv[1]
    try:
        answer = {"result": (PROGRAMS.get(name) or globals()[name])()}
    except Exception as error:
        state = getattr(error, "sqlstate", None)
        message = f"{type(error).__name__}: {error}"
        answer = {"error": {"code": str(getattr(error, "vendor_code", None)), "sqlState": state, "message": message}}
    answer["seconds"] = time.monotonic() - begun
    print(json.dumps(answer), flush=True)


main()
