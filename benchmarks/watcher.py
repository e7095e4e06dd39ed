"""A visitor without a browser: the websocket of Streamlit's frontend, and what is asked in time.

It does what the frontend does for the server, which is to ask for each live fragment and for the
curves of the race when they are due, and takes what comes without looking at it. So the server's
work is measured, and next to nothing beside it.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection

from benchmarks.server import visitor
from scripts.serving import Served

STEP = re.compile(r"Step ([\d,]+) of")
CURVES = ""
SMALL = 400  # bytes; what says that a script has finished is smaller


def header_of(message: bytes) -> dict[str, Any]:
    """The header of a message to one of the app's components."""
    found: dict[str, Any] = json.loads(message[4 : 4 + int.from_bytes(message[:4], "little")])
    return found


class Curves:
    """The component that draws a race, as it asks the server; it remembers what it knows."""

    def __init__(self, url: str, header: dict[str, Any]) -> None:
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
        self._address, self.every = f"/{header['address']}", header["every"] / 1000
        self._known: int = header["number"]

    def ask(self) -> dict[str, Any]:
        """What is new, asked for now."""
        body = json.dumps({"values": {"known": self._known}})
        self._connection.request("POST", self._address, body)
        header = header_of(self._connection.getresponse().read())
        self._known = header.get("number", self._known)
        return header


class Watcher:
    """One page, opened with `query`, and what its last full run offered.

    That is its buttons, its fragments with their seconds, and the curves of a race.
    """

    def __init__(self, served: Served, connection: ClientConnection, page: str, query: str) -> None:
        self._url, self._connection, self._page, self._query = served.url, connection, page, query
        self.buttons: dict[str, str] = {}
        self.fragments: dict[str, float] = {}
        self.curves: Curves | None = None
        self._run()

    def click(self, label: str) -> None:
        """Click the button of that label. Raises `KeyError` where there is none."""
        self._run(self.buttons[label])

    def step(self) -> int:
        """The step that the curves are at, asked for now."""
        if self.curves is None:
            raise RuntimeError("the page shows no race")
        found = STEP.search(self.curves.ask()["status"])
        if found is None:
            raise RuntimeError("the race shows no step")
        return int(found[1].replace(",", ""))

    def watch(self, seconds: float) -> None:
        """Ask for the curves and for every fragment as often as they want to be, for so long."""
        every = dict[str, float](self.fragments)
        if self.curves:
            every[CURVES] = self.curves.every
        ends, due = time.perf_counter() + seconds, dict.fromkeys(every, 0.0)
        while (now := time.perf_counter()) < ends:
            first = min(due, key=due.__getitem__)
            if due[first] > now:
                time.sleep(min(due[first], ends) - now)
                continue
            if first == CURVES and self.curves:
                self.curves.ask()
            else:
                self._ask(fragment=first)
                self._drain()
            due[first] = now + every[first]

    def _run(self, button: str = "") -> None:
        """Run the whole page and note what it offers. Raises `RuntimeError` where it fails."""
        self._ask(button=button)
        self.buttons, self.fragments, self.curves = {}, {}, None
        for message in self._answer():
            element = message.delta.new_element
            if element.WhichOneof("type") == "exception":
                raise RuntimeError(element.exception.message)
            if element.WhichOneof("type") == "button":
                self.buttons[element.button.label] = element.button.id
            if element.bidi_component.component_name.endswith("deepglass_live_race"):
                self.curves = Curves(self._url, header_of(element.bidi_component.bytes))
            if message.WhichOneof("type") == "auto_rerun":
                self.fragments[message.auto_rerun.fragment_id] = message.auto_rerun.interval

    def _ask(self, *, button: str = "", fragment: str = "") -> None:
        message = BackMsg()
        state = message.rerun_script
        state.page_name, state.query_string = self._page, self._query
        state.fragment_id, state.is_auto_rerun = fragment, bool(fragment)
        if button:
            state.widget_states.widgets.add(id=button, trigger_value=True)
        self._connection.send(message.SerializeToString())

    def _answer(self) -> Iterator[ForwardMsg]:
        """The messages of one run, each parsed."""
        while True:
            message = ForwardMsg.FromString(self._received())
            if message.WhichOneof("type") == "script_finished":
                return
            yield message

    def _drain(self) -> None:
        """Take the messages of one run, and look at the small ones alone."""
        while True:
            data = self._received()
            if len(data) < SMALL:
                message = ForwardMsg.FromString(data)
                if message.WhichOneof("type") == "script_finished":
                    return

    def _received(self) -> bytes:
        data = self._connection.recv(timeout=60)
        assert isinstance(data, bytes)
        return data


@contextmanager
def watching(served: Served, page: str, query: dict[str, str]) -> Iterator[Watcher]:
    """A visitor of `page`, for as long as the block lasts."""
    with visitor(served) as connection:
        yield Watcher(served, connection, page, urlencode(query))
