"""The route that answers drags: by token alone, within bounds, and gone with its visitor."""

import asyncio
import gc
import json

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from explainer.live_pictures import LARGEST_BODY, PATH, LivePicture, answer


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
