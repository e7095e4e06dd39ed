"""Pictures that follow the hand: a route beside Streamlit's own that answers a drag directly.

A rerun, even of one fragment, makes the browser render the page's whole tree; that is most of the
time between a moved slider and its picture. So while a slider is dragged the page's component posts
its values here and draws the bytes that come back; on release the page reruns as ever. What renders
belongs to a visitor: it is found by an unguessable token, and lives as long as their session holds
it. Of each, one picture is rendered at a time and one request waits, the latest: who posts faster
than can be drawn holds nobody else up.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from weakref import WeakValueDictionary

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from explainer.messages import LARGEST_NUMBER, read_json, said_shortly, whole

PATH = "live"
LARGEST_BODY = 10_000
LONGEST_SENTENCE = 400

Render = Callable[[dict[str, object], int], bytes]


class LivePicture:
    """One visitor's renderer: `render(values, number)` gives the message a component draws.

    `render` may be replaced at any time; it raises `ValueError` with one sentence for values that
    cannot be drawn.
    """

    def __init__(self, render: Render) -> None:
        self.token = secrets.token_urlsafe(18)
        self.render = render
        self._busy = False
        self._waiting: asyncio.Future[bool] | None = None
        _offered[self.token] = self

    @property
    def address(self) -> str:
        """Where to post, relative to the root of the app."""
        return f"{PATH}/{self.token}"

    # In the server's event loop alone, which is why there is no lock.

    async def turn(self) -> bool:
        """Wait until nothing else is rendered; False where a later request took the place."""
        if not self._busy:
            self._busy = True
            return True
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(False)
        mine: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting = mine
        try:
            return await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled() and mine.result():
                self.over()  # it was this one's turn, and it will not take it
            raise

    def over(self) -> None:
        """What was rendered is ready: the one that waits, if any, has its turn."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_result(True)
        else:
            self._busy = False


_offered: WeakValueDictionary[str, LivePicture] = WeakValueDictionary()


async def answer(request: Request) -> Response:
    """Render the posted `{"values": {...}, "number": n}` for the token in the path.

    422 with one sentence for what cannot be drawn; 204, which is no error and stays out of a
    browser's console, for a request whose place a later one of the same visitor took.
    """
    offered = _offered.get(request.path_params["token"])
    if offered is None:
        return PlainTextResponse("There is no picture at this address.", 404)
    try:
        values, number = _read(await _body(request))
        if not await offered.turn():
            return Response(status_code=204)
        try:
            message = await run_in_threadpool(offered.render, values, number)
        finally:
            offered.over()
    except ValueError as error:
        return PlainTextResponse(" ".join(str(error).split())[:LONGEST_SENTENCE], 422)
    except ClientDisconnect:
        return PlainTextResponse("The message broke off.", 400)
    return Response(message, media_type="application/octet-stream")


async def _body(request: Request) -> bytes:
    """The body, given up as soon as it is longer than any of ours."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise ValueError(f"The message has more than {LARGEST_BODY:,} bytes.")
    return body


def _read(body: bytes) -> tuple[dict[str, object], int]:
    message = read_json(body)
    if not isinstance(message, dict) or not isinstance(message.get("values"), dict):
        raise ValueError("The message has no values.")
    number = whole(message.get("number", 0), -LARGEST_NUMBER, LARGEST_NUMBER)
    if number is None:
        said = said_shortly(message["number"])
        raise ValueError(f"The number of the message is {said}, but it is a whole one.")
    return message["values"], number


ROUTE = Route(f"/{PATH}/{{token}}", answer, methods=["POST"])
