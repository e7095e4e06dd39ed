"""Pictures that follow the hand: a route beside Streamlit's own that answers a drag directly.

A rerun, even of one fragment, makes the browser render the page's whole tree; that is most of the
time between a moved slider and its picture. So while a slider is dragged the page's component posts
its values here and draws the bytes that come back; on release the page reruns as ever. What renders
belongs to a visitor: it is found by an unguessable token, and lives as long as their session holds
it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from weakref import WeakValueDictionary

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

PATH = "live"
LARGEST_BODY = 10_000

Render = Callable[[dict[str, object], int], bytes]


class LivePicture:
    """One visitor's renderer: `render(values, number)` gives the message a component draws.

    `render` may be replaced at any time; it raises `ValueError` with one sentence for values that
    cannot be drawn.
    """

    def __init__(self, render: Render) -> None:
        self.token = secrets.token_urlsafe(18)
        self.render = render
        _offered[self.token] = self

    @property
    def address(self) -> str:
        """Where to post, relative to the root of the app."""
        return f"{PATH}/{self.token}"


_offered: WeakValueDictionary[str, LivePicture] = WeakValueDictionary()


async def answer(request: Request) -> Response:
    """Render the posted `{"values": {...}, "number": n}` for the token in the path."""
    offered = _offered.get(request.path_params["token"])
    if offered is None:
        return PlainTextResponse("There is no picture at this address.", 404)
    try:
        values, number = _read(await _body(request))
        message = await run_in_threadpool(offered.render, values, number)
    except (TypeError, ValueError) as error:
        return PlainTextResponse(str(error), 422)
    return Response(message, media_type="application/octet-stream")


async def _body(request: Request) -> bytes:
    """The body, given up as soon as it is longer than any of ours."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise ValueError(f"the message has more than {LARGEST_BODY} bytes")
    return body


def _read(body: bytes) -> tuple[dict[str, object], int]:
    message = json.loads(body)
    if not isinstance(message, dict) or not isinstance(message.get("values"), dict):
        raise ValueError("the message has no values")
    return message["values"], int(message.get("number", 0))


ROUTE = Route(f"/{PATH}/{{token}}", answer, methods=["POST"])
