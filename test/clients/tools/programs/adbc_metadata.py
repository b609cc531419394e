"""What ADBC finds out about tables, and what it is told where it cannot: ends with 0 when all is as it should be."""

import os

import adbc_driver_manager
import adbc_driver_snowflake.dbapi
import pyarrow

connection = adbc_driver_snowflake.dbapi.connect(
    db_kwargs={
        "adbc.snowflake.sql.account": "prod",
        "adbc.snowflake.sql.uri.host": "127.0.0.1",
        "adbc.snowflake.sql.uri.port": os.environ["ICECORE_PORT"],
        "adbc.snowflake.sql.uri.protocol": "http",
        "adbc.snowflake.sql.auth_type": "auth_oauth",
        "adbc.snowflake.sql.client_option.auth_token": os.environ["ICECORE_TOKEN"],
        "adbc.snowflake.sql.db": "SHOP",
        "adbc.snowflake.sql.schema": "SALES",
        "adbc.snowflake.sql.warehouse": "COMPUTE_WH",
    }
)


def refused(what):
    try:
        what()
    except adbc_driver_manager.Error as error:
        assert "icecore:{" in str(error), error
    else:
        raise AssertionError("it was not refused")


def fetch(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetch_arrow_table()


def ingest():
    with connection.cursor() as cursor:
        cursor.adbc_ingest("INGESTED", pyarrow.table({"N": [1, 2]}), mode="create")


assert connection.adbc_get_info()["vendor_name"] == "Snowflake"
assert set(connection.adbc_get_table_types()) == {"TABLE", "VIEW"}
schema = connection.adbc_get_table_schema("ORDERS")
assert pyarrow.types.is_date32(schema.field("ORDER_DATE").type) and not schema.field("ID").nullable
orders = fetch("SELECT * FROM ORDERS")
assert orders.num_rows == 2000 and pyarrow.types.is_date32(orders.schema.field("ORDER_DATE").type)

refused(lambda: connection.adbc_get_objects(depth="all").read_all())
refused(ingest)
refused(lambda: fetch("ALTER USER ICECORE SET PASSWORD = 'x'"))
fetch("ALTER SESSION SET GO_QUERY_RESULT_FORMAT = 'JSON'")
try:
    fetch("SELECT ORDER_DATE FROM ORDERS")
except adbc_driver_manager.Error as error:
    assert "parsing time" in str(error), error
else:
    raise AssertionError("it reads dates of results in JSON")
connection.close()
