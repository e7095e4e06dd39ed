"""A visitor without a browser: the websocket of Streamlit's frontend, and its fragments in time.

It does what the frontend does for the server, which is to ask for each live fragment when it is
due, and takes what comes without looking at it. So the server's work is measured, and next to
nothing beside it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection

from benchmarks.server import visitor
from scripts.serving import Served

STEP = re.compile(r"Step ([\d,]+) of")
SMALL = 400  # bytes; what says that a script has finished is smaller


class Watcher:
    """One page, opened with `query`, and what its last full run offered: buttons and fragments."""

    def __init__(self, connection: ClientConnection, page: str, query: dict[str, str]) -> None:
        self._connection, self._page, self._query = connection, page, urlencode(query)
        self.buttons: dict[str, str] = {}
        self.fragments: dict[str, float] = {}
        self._run()

    def click(self, label: str) -> None:
        """Click the button of that label. Raises `KeyError` where there is none."""
        self._run(self.buttons[label])

    def step(self) -> int:
        """The step that the quickest live fragment shows, asked for now."""
        quickest = min(self.fragments, key=self.fragments.__getitem__)
        self._ask(fragment=quickest)
        texts = [message.delta.new_element.markdown.body for message in self._answer()]
        found = next(filter(None, map(STEP.search, texts)), None)
        if found is None:
            raise RuntimeError("the live fragment shows no step")
        return int(found[1].replace(",", ""))

    def watch(self, seconds: float) -> None:
        """Ask for every fragment as often as it wants to be, for so long."""
        ends, due = time.perf_counter() + seconds, dict.fromkeys(self.fragments, 0.0)
        while (now := time.perf_counter()) < ends:
            first = min(due, key=due.__getitem__)
            if due[first] > now:
                time.sleep(min(due[first], ends) - now)
                continue
            self._ask(fragment=first)
            self._drain()
            due[first] = now + self.fragments[first]

    def _run(self, button: str = "") -> None:
        """Run the whole page and note what it offers. Raises `RuntimeError` where it fails."""
        self._ask(button=button)
        self.buttons, self.fragments = {}, {}
        for message in self._answer():
            element = message.delta.new_element
            if element.WhichOneof("type") == "exception":
                raise RuntimeError(element.exception.message)
            if element.WhichOneof("type") == "button":
                self.buttons[element.button.label] = element.button.id
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
        yield Watcher(connection, page, query)
