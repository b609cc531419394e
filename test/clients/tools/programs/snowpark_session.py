"""What Snowpark can do, and what it is told where it cannot: ends with 0 when all is as it should be."""

import os

from snowflake.connector.errors import ProgrammingError
from snowflake.snowpark import Session
from snowflake.snowpark.exceptions import SnowparkClientException, SnowparkSQLException
from snowflake.snowpark.types import IntegerType

session = Session.builder.configs(
    {
        "account": "prod",
        "host": "127.0.0.1",
        "port": os.environ["ICECORE_PORT"],
        "protocol": "http",
        "authenticator": "oauth",
        "token": os.environ["ICECORE_TOKEN"],
        "database": "SHOP",
        "schema": "SALES",
        "warehouse": "COMPUTE_WH",
    }
).create()


def refused(what):
    try:
        what()
    except (SnowparkClientException, SnowparkSQLException, ProgrammingError) as error:
        assert "icecore:{" in str(error), error
    else:
        raise AssertionError("it was not refused")


orders = session.table("ORDERS")
assert orders.count() == 2000
assert [field.name for field in orders.schema.fields][:2] == ["ID", "CUSTOMER_ID"]
assert len(list(orders.limit(3).to_local_iterator())) == 3
assert session.sql("SELECT 5 AS A").collect_nowait().result()[0].A == 5
assert session.create_dataframe([[1, "a"], [2, "b"]], schema=["ID", "NAME"]).collect()[1].NAME == "b"
orders.limit(3).write.mode("overwrite").save_as_table("KEPT_ORDERS")
assert session.table("KEPT_ORDERS").count() == 3
orders.limit(3).create_or_replace_temp_view("FEW_ORDERS")
assert session.get_current_role() == '"ANALYST"'
session.use_schema("CRM")
assert session.get_current_schema() == '"CRM"'

refused(lambda: orders.cache_result())
refused(lambda: session.create_dataframe([[n] for n in range(1000)], schema=["N"]).count())
refused(lambda: orders.write.save_as_table("BRIEF_ORDERS", table_type="temporary"))
refused(lambda: session.udf.register(lambda n: n, return_type=IntegerType(), input_types=[IntegerType()], packages=[]))
refused(lambda: session.sql('SELECT SYSTEM$CANCEL_ALL_QUERIES(1)').collect())
session.close()
