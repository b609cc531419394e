"""What SQLAlchemy and pandas find out about tables, and make of them: ends with 0 when all is as it should be."""

import os

import pandas
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, create_engine, inspect, select, text

engine = create_engine(
    f"snowflake://127.0.0.1:{os.environ['ICECORE_PORT']}/SHOP/SALES?account=prod&warehouse=COMPUTE_WH",
    connect_args={"protocol": "http", "authenticator": "oauth", "token": os.environ["ICECORE_TOKEN"]},
)

made = MetaData()
makers = Table("MAKERS", made, Column("ID", Integer, primary_key=True), Column("NAME", String(40), unique=True))
Table("MADE", made, Column("ID", Integer, primary_key=True), Column("MAKER", Integer, ForeignKey("MAKERS.ID")))
made.create_all(engine)

inspector = inspect(engine)
assert {"products", "orders", "makers", "made"} <= set(inspector.get_table_names())
assert inspector.get_view_names() == ["revenue_by_country"]
assert "SELECT" in inspector.get_view_definition("revenue_by_country")
assert {"public", "sales", "crm"} <= set(inspector.get_schema_names())
assert inspector.get_pk_constraint("makers")["constrained_columns"] == ["id"]
assert inspector.get_unique_constraints("makers")[0]["column_names"] == ["name"]
(foreign,) = inspector.get_foreign_keys("made")
assert (foreign["constrained_columns"], foreign["referred_table"]) == (["maker"], "makers")
columns = {column["name"]: column for column in inspector.get_columns("makers")}
assert columns["id"]["autoincrement"] and not columns["id"]["nullable"]
assert str(columns["name"]["type"]) == "VARCHAR(40)"
assert [column["name"] for column in inspector.get_columns("customers", schema="crm")][:2] == ["id", "name"]
assert not inspector.has_table("no_such_table")

reflected = MetaData()
reflected.reflect(bind=engine)
assert len(reflected.tables["orders"].columns) == 5
orders = Table("orders", MetaData(), autoload_with=engine)
with engine.connect() as connection:
    assert connection.execute(select(orders).where(orders.c.id == 1)).one().status == "NEW"
    connection.execute(makers.insert(), [{"NAME": "one"}, {"NAME": "two"}])
    assert connection.execute(select(makers.c.ID).order_by(makers.c.ID)).fetchall() == [(1,), (2,)]
    frame = pandas.read_sql(text("SELECT id, amount FROM orders ORDER BY id LIMIT 2"), connection)
    assert list(frame["id"]) == [1, 2]
    assert frame.to_sql("frame", connection, index=False) == 2
    assert pandas.read_sql(text("SELECT COUNT(*) AS n FROM frame"), connection)["n"][0] == 2
