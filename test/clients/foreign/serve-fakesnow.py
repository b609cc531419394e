"""fakesnow behind Icecore: `serve-fakesnow.py PORT`.

fakesnow answers a log-in without master token, validity and session id. Icecore wants them, as Snowflake gives them, and
opens no session without; so they are added here. All else is fakesnow's own answer.
"""

import json
import secrets
import sys

import fakesnow.server
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


async def log_in(request: Request) -> JSONResponse:
    answer = json.loads((await fakesnow.server.login_request(request)).body)
    answer["data"].update(
        masterToken=secrets.token_urlsafe(32),
        validityInSeconds=3600,
        masterValidityInSeconds=14400,
        sessionId=secrets.randbelow(2**53),
    )
    return JSONResponse(answer)


routes = [Route("/session/v1/login-request", log_in, methods=["POST"]), *fakesnow.server.routes]
uvicorn.run(Starlette(routes=routes), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
