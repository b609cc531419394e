"""A connection of the official Python driver to what the environment names, and what is done with one."""

import json
import os
import sys
import time

import snowflake.connector

TARGET = json.loads(os.environ["ICECORE_TARGET"])

CREDENTIALS = {
    "oauth": lambda secret: {"authenticator": "oauth", "token": secret},
    "pat": lambda secret: {"authenticator": "PROGRAMMATIC_ACCESS_TOKEN", "token": secret},
    "password": lambda secret: {"password": secret},
    "workload": lambda secret: {
        "authenticator": "WORKLOAD_IDENTITY",
        "workload_identity_provider": "OIDC",
        "token": secret,
    },
}

begun = time.monotonic()


def connect(secret=None, **more):
    how = {
        "account": TARGET["account"],
        "host": TARGET["host"],
        "port": TARGET["port"],
        "protocol": TARGET["protocol"],
        "user": TARGET["user"],
        "login_timeout": TARGET["patience"],
        "database": "SHOP",
        "schema": "SALES",
        "warehouse": "COMPUTE_WH",
    }
    if "format" in TARGET:
        how["session_parameters"] = {TARGET["formatParameter"]: TARGET["format"]}
    how.update(CREDENTIALS[TARGET["way"]](secret or TARGET["secret"]))
    how.update(more)
    return snowflake.connector.connect(**how)


def rows(connection, sql, *args, **more):
    cursor = connection.cursor()
    cursor.execute(sql, *args, **more)
    return cursor.fetchall()


def ready():
    """Says that it has begun, and waits until it may go on."""
    global begun
    print("started", file=sys.stderr, flush=True)
    sys.stdin.readline()
    begun = time.monotonic()


def seconds():
    return time.monotonic() - begun


def text(rows_):
    """Each cell with its type, so that nothing is equal by chance."""
    return [[None if cell is None else f"{type(cell).__name__} {cell}" for cell in row] for row in rows_]
