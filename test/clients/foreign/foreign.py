"""fakesnow through Icecore, and beside it directly: ends with 0 when both give the same, and what cannot work says so."""

import os

import snowflake.connector
from snowflake.connector.errors import ProgrammingError

THROUGH = {"account": "foreign", "authenticator": "oauth", "token": os.environ["ICECORE_TOKEN"], "user": "agent"}
DIRECT = {"account": "fakesnow", "user": "anyone", "password": "anything"}
HERE = {"host": "127.0.0.1", "protocol": "http", "database": "DB", "schema": "S"}

icecore = snowflake.connector.connect(**HERE, **THROUGH, port=os.environ["ICECORE_PORT"])
direct = snowflake.connector.connect(**HERE, **DIRECT, port=os.environ["FAKESNOW_PORT"])


def rows(connection, sql, *binds):
    cursor = connection.cursor()
    cursor.execute(sql, *binds)
    return cursor.fetchall()


def failure(connection, sql, **more):
    try:
        connection.cursor().execute(sql, **more)
    except ProgrammingError as error:
        return error
    raise AssertionError(f"{sql} went through")


def facts(error):
    return error.errno, error.sqlstate, error.raw_msg


def same(read):
    through, beside = read(icecore), read(direct)
    assert through == beside, f"{through} in place of {beside}"
    return through


rows(icecore, "CREATE TABLE CELLS (N NUMBER(38,0), D NUMBER(10,2), F FLOAT, B BOOLEAN, T TEXT, BIN BINARY, DT DATE,"
     " TM TIME, NTZ TIMESTAMP_NTZ, TZ TIMESTAMP_TZ, V VARIANT)")
rows(icecore, "INSERT INTO CELLS SELECT 42, 12.5, 1.5, TRUE, 'text ☃', 'F0A1'::BINARY, '2024-02-29', '12:34:56.789',"
     " '2024-02-29 12:34:56.789', '2024-02-29 12:34:56.789+02:00', PARSE_JSON('{\"a\":[1,null]}')")
rows(icecore, "INSERT INTO CELLS (N) VALUES (NULL)")

# Cells, in Python's types; and the bytes of Arrow beneath.
assert len(same(lambda connection: rows(connection, "SELECT * FROM CELLS ORDER BY N"))) == 2
tables = [connection.cursor().execute("SELECT * FROM CELLS ORDER BY N").fetch_arrow_all() for connection in (icecore, direct)]
assert tables[0].equals(tables[1], check_metadata=True) and tables[0].num_rows == 2
same(lambda connection: connection.cursor().describe("SELECT * FROM CELLS"))
same(lambda connection: rows(connection, "SELECT * FROM CELLS WHERE N = 0"))
many = same(lambda connection: rows(connection, "SELECT SEQ4() FROM TABLE(GENERATOR(ROWCOUNT => 100000))"))
assert len(many) == 100_000

assert rows(icecore, "SELECT %s, %s", (7, "it's")) == [(7, "it's")]
rows(icecore, "BEGIN")
rows(icecore, "INSERT INTO CELLS (N) VALUES (1)")
rows(icecore, "ROLLBACK")
assert rows(icecore, "SELECT COUNT(*) FROM CELLS") == [(2,)]
asynchronous = icecore.cursor()
asynchronous.execute_async("SELECT 7")
later = icecore.cursor()
later.get_results_from_sfqid(asynchronous.sfqid)
assert later.fetchall() == [(7,)]

# Errors are fakesnow's own; refusals are Icecore's.
for wrong in ("SELECT NO_SUCH_COLUMN FROM CELLS", "SELECT * FROM NO_SUCH_TABLE"):
    same(lambda connection: facts(failure(connection, wrong)))
for denied in ("ALTER USER ICECORE SET PASSWORD = 'x'", "PUT file:///etc/hostname @~"):
    error = failure(icecore, denied)
    assert error.errno == 3001 and "icecore:{" in error.msg

# What fakesnow cannot do.
failure(icecore, "SELECT CURRENT_WAREHOUSE()")
failure(icecore, "ALTER SESSION SET TIMEZONE = 'UTC'")
assert failure(icecore, "SELECT 1; SELECT 2", num_statements=2).errno == 603

icecore.close()
direct.close()
