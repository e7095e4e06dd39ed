"""The route that answers drags: by token alone, within bounds, and gone with its visitor."""

import asyncio
import gc
import json
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from explainer.live_pictures import LARGEST_BODY, PATH, ROUTE, LivePicture, answer
from tests.drawing import examples
from tests.test_messages import ANYTHING


def post(address: str, body: bytes | object) -> Response:
    """What the route answers to `body`, bytes as they are and the rest as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def receive() -> Message:
        return {"type": "http.request", "body": content, "more_body": False}

    token = address.removeprefix(f"{PATH}/")
    scope: dict[str, object] = {
        "type": "http",
        "method": "POST",
        "headers": [],
        "path_params": {"token": token},
    }
    return asyncio.run(_answered(scope, receive))


async def _answered(scope: dict[str, object], receive: object) -> Response:
    return await answer(Request(scope, receive))  # type: ignore[arg-type]


def rendered(values: dict[str, object], number: int) -> bytes:
    if values.get("sigma") == "wide":
        raise ValueError("sigma is 'wide', but it is a number")
    return f"{values['sigma']} {number}".encode()


def test_values_are_answered_by_the_visitors_own_renderer() -> None:
    offered = LivePicture(rendered)
    found = post(offered.address, {"values": {"sigma": 2.5}, "number": 7})
    assert found.status_code == 200
    assert found.body == b"2.5 7"


def test_two_visitors_have_addresses_of_their_own() -> None:
    assert LivePicture(rendered).address != LivePicture(rendered).address


def test_what_cannot_be_drawn_is_refused_in_one_sentence() -> None:
    offered = LivePicture(rendered)
    found = post(offered.address, {"values": {"sigma": "wide"}})
    assert found.status_code == 422
    assert bytes(found.body).decode() == "sigma is 'wide', but it is a number"


def test_bodies_of_another_form_or_size_are_refused() -> None:
    offered = LivePicture(rendered)
    odd = (b"", b"[]", b"{", b'{"values": 3}', b'{"values": {}, "number": []}', b"\xff\xfe")
    for body in (*odd, b"1" * (LARGEST_BODY + 1)):
        assert post(offered.address, body).status_code == 422


def test_an_unknown_address_and_one_whose_visitor_has_left_are_404() -> None:
    offered = LivePicture(rendered)
    address = offered.address
    assert post("live/guess", {"values": {}}).status_code == 404
    del offered
    gc.collect()
    assert post(address, {"values": {}}).status_code == 404


APP = Starlette(routes=[ROUTE])


async def asked(address: str, body: bytes) -> tuple[int, bytes]:
    """Status and body of the answer to one post, through the whole ASGI app."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": f"/{address}", "raw_path": b"", "headers": [],
        "query_string": b"", "root_path": "", "scheme": "http", "http_version": "1.1",
    }  # fmt: skip
    await APP(scope, receive, send)
    return sent[0]["status"], b"".join(one.get("body", b"") for one in sent[1:])


def moved(number: int) -> bytes:
    return json.dumps({"values": {}, "number": number}).encode()


def test_of_a_visitors_many_posts_the_first_and_the_last_are_drawn_and_others_wait_for_none() -> (
    None
):
    begun, go_on, drawn = threading.Event(), threading.Event(), list[int]()

    def slow(values: dict[str, object], number: int) -> bytes:
        drawn.append(number)
        begun.set()
        assert go_on.wait(20)
        return str(number).encode()

    busy, other = LivePicture(slow), LivePicture(lambda values, number: b"at once")

    async def flood() -> list[tuple[int, bytes]]:
        posts = [asyncio.create_task(asked(busy.address, moved(n))) for n in range(200)]
        while not begun.is_set() or sum(post.done() for post in posts) < 198:
            await asyncio.sleep(0.001)
        assert await asked(other.address, moved(0)) == (200, b"at once")
        assert drawn == [0], "the pool has threads for everybody else"
        go_on.set()
        return await asyncio.gather(*posts)

    answers = asyncio.run(flood())
    assert drawn == [0, 199]
    assert (answers[0], answers[-1]) == ((200, b"0"), (200, b"199"))
    assert set(answers[1:-1]) == {(204, b"")}


def test_a_picture_that_cannot_be_drawn_and_one_that_breaks_give_the_turn_back() -> None:
    def render(values: dict[str, object], number: int) -> bytes:
        if number == 1:
            raise ValueError("1 is odd")
        if number == 2:
            raise RuntimeError("a fault of ours")
        return b"drawn"

    offered = LivePicture(render)

    async def one_after_the_other() -> list[object]:
        found: list[object] = [await asked(offered.address, moved(1))]
        with pytest.raises(RuntimeError):
            await asked(offered.address, moved(2))
        return [*found, await asked(offered.address, moved(3))]

    assert asyncio.run(one_after_the_other()) == [(422, b"1 is odd"), (200, b"drawn")]


def test_a_request_that_is_broken_off_while_it_waits_gives_the_turn_back() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(values: dict[str, object], number: int) -> bytes:
        begun.set()
        assert go_on.wait(20)
        return str(number).encode()

    offered = LivePicture(slow)

    async def break_off() -> tuple[int, bytes]:
        first = asyncio.create_task(asked(offered.address, moved(0)))
        while not begun.is_set():
            await asyncio.sleep(0.001)
        waiting = asyncio.create_task(asked(offered.address, moved(1)))
        await asyncio.sleep(0.01)
        waiting.cancel()
        go_on.set()
        await asyncio.gather(first, waiting, return_exceptions=True)
        return await asked(offered.address, moved(2))

    assert asyncio.run(break_off()) == (200, b"2")


MESSAGES = st.fixed_dictionaries({"values": ANYTHING, "number": ANYTHING}) | ANYTHING


@examples(150)
@given(st.binary() | MESSAGES.map(lambda value: json.dumps(value).encode()))
def test_no_body_is_a_fault_of_the_server(body: bytes) -> None:
    offered = LivePicture(lambda values, number: f"{sorted(values)} {number}".encode())
    status, text = asyncio.run(asked(offered.address, body))
    assert status in (200, 422)
    assert status == 200 or (text.decode().count("\n") == 0 and text.endswith(b"."))
