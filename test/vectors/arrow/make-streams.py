"""Writes streams.json: Arrow streams as Snowflake shapes them, made by pyarrow, each with its rows as in JSON results.

Run with pyarrow 26: python make-streams.py. The expected texts are worked out here, from the Python values.
"""

import base64
import io
import json
import pathlib
from decimal import Decimal

import pyarrow as pa

EPOCH_FRACTION = pa.struct([("epoch", pa.int64()), ("fraction", pa.int32())])
EPOCH_ZONE = pa.struct([("epoch", pa.int64()), ("timezone", pa.int32())])
EPOCH_FRACTION_ZONE = pa.struct([("epoch", pa.int64()), ("fraction", pa.int32()), ("timezone", pa.int32())])
DECFLOAT = pa.struct([("exponent", pa.int16()), ("significand", pa.binary())])


def meta(logical, scale=0, precision=38, byte_length="16"):
    return {"logicalType": logical, "scale": str(scale), "precision": str(precision), "byteLength": byte_length}


# name, type, metadata, values, expected texts
COLUMNS = [
    ("int8", pa.int8(), meta("FIXED"), [1, -128, None], ["1", "-128", None]),
    ("int16", pa.int16(), meta("FIXED", 2), [1250, -5, None], ["12.50", "-0.05", None]),
    ("int32", pa.int32(), meta("FIXED", 4), [123456789, 0, None], ["12345.6789", "0.0000", None]),
    ("int64", pa.int64(), meta("FIXED"), [2**63 - 1, -(2**63), None], [str(2**63 - 1), str(-(2**63)), None]),
    (
        "decimal128",
        pa.decimal128(38, 0),
        meta("FIXED"),
        [Decimal(10**38 - 1), Decimal(-(10**37)), None],
        [str(10**38 - 1), str(-(10**37)), None],
    ),
    (
        "decimal128 scaled",
        pa.decimal128(38, 3),
        meta("FIXED", 3),
        [Decimal("1.500"), Decimal("-0.001"), None],
        ["1.500", "-0.001", None],
    ),
    ("real", pa.float64(), meta("REAL"), [1.5, float("-inf"), None], ["1.5", "-inf", None]),
    ("real nan", pa.float64(), meta("REAL"), [float("nan"), float("inf"), None], ["NaN", "inf", None]),
    ("text", pa.utf8(), meta("TEXT"), ["text ☃", "", None], ["text ☃", "", None]),
    ("text marked", pa.utf8(), meta("TEXT"), ["\ufeffmark", "\u0000", None], ["\ufeffmark", "\u0000", None]),
    ("boolean", pa.bool_(), meta("BOOLEAN"), [True, False, None], ["1", "0", None]),
    ("date", pa.date32(), meta("DATE"), [19782, -1, None], ["19782", "-1", None]),
    ("time 3", pa.int32(), meta("TIME", 3), [45296789, 0, None], ["45296.789", "0.000", None]),
    ("time 9", pa.int64(), meta("TIME", 9), [45296123456789, 1, None], ["45296.123456789", "0.000000001", None]),
    (
        "ntz struct",
        EPOCH_FRACTION,
        meta("TIMESTAMP_NTZ", 9),
        [{"epoch": 1577836800, "fraction": 123456789}, {"epoch": -2, "fraction": 500000000}, None],
        ["1577836800.123456789", "-1.500000000", None],
    ),
    ("ntz int64", pa.int64(), meta("TIMESTAMP_NTZ", 3), [1577836800123, -1500, None], ["1577836800.123", "-1.500", None]),
    ("ltz int64", pa.int64(), meta("TIMESTAMP_LTZ", 0), [1577836800, -1, None], ["1577836800", "-1", None]),
    (
        "tz short",
        EPOCH_ZONE,
        meta("TIMESTAMP_TZ", 3, byte_length="8"),
        [{"epoch": 1577836800123, "timezone": 1560}, {"epoch": 0, "timezone": 1440}, None],
        ["1577836800.123 1560", "0.000 1440", None],
    ),
    (
        "tz long",
        EPOCH_FRACTION_ZONE,
        meta("TIMESTAMP_TZ", 9),
        [
            {"epoch": 1577836800, "fraction": 1, "timezone": 1440},
            {"epoch": -1, "fraction": 999999999, "timezone": 720},
            None,
        ],
        ["1577836800.000000001 1440", "-0.000000001 720", None],
    ),
    ("binary", pa.binary(), meta("BINARY"), [b"\xf0\xa1", b"", None], ["F0A1", "", None]),
    ("variant", pa.utf8(), meta("VARIANT"), ['{"a":[1,null]}', "null", None], ['{"a":[1,null]}', "null", None]),
    (
        "vector float",
        pa.list_(pa.float32(), 2),
        meta("VECTOR"),
        [[1.1, 2.0], [-0.5, 3.25], None],
        ["[1.1,2]", "[-0.5,3.25]", None],
    ),
    ("vector int", pa.list_(pa.int32(), 2), meta("VECTOR"), [[1, 2], [3, 4], None], ["[1,2]", "[3,4]", None]),
    (
        "array of structs",
        pa.list_(pa.struct([("a", pa.int64()), ("b", pa.utf8())])),
        meta("ARRAY"),
        [[{"a": 1, "b": 'q"'}, None], [], None],
        ['[{"a":1,"b":"q\\""},null]', "[]", None],
    ),
    (
        "map",
        pa.map_(pa.utf8(), pa.bool_()),
        meta("MAP"),
        [[("x", True), ("y", None)], [], None],
        ['{"x":true,"y":null}', "{}", None],
    ),
    (
        "decfloat",
        DECFLOAT,
        meta("DECFLOAT"),
        [{"exponent": -2, "significand": b"\x05\xdc"}, {"exponent": 300, "significand": b"\xff"}, None],
        ["15.00", "-1e300", None],
    ),
    ("nothing", pa.null(), meta("TEXT"), [None, None, None], [None, None, None]),
]


def stream(batches, schema):
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return base64.b64encode(sink.getvalue()).decode()


schema = pa.schema([pa.field(name, kind, metadata=metadata) for name, kind, metadata, _, _ in COLUMNS])
whole = pa.record_batch([pa.array(values, type=kind) for _, kind, _, values, _ in COLUMNS], schema=schema)
rows = [list(row) for row in zip(*(texts for *_, texts in COLUMNS))]
streams = {
    "each type in one batch": {"stream": stream([whole], schema), "rows": rows},
    "a batch for each row, which begin within their buffers": {
        "stream": stream([whole.slice(at, 1) for at in range(3)], schema),
        "rows": rows,
    },
    "an empty batch": {"stream": stream([whole.slice(0, 0)], schema), "rows": []},
    "no batch": {"stream": stream([], schema), "rows": []},
}
out = {"columns": [name for name, *_ in COLUMNS], "streams": streams}
pathlib.Path(__file__).with_name("streams.json").write_text(json.dumps(out, ensure_ascii=False, indent=1) + "\n")
