"""The server of `maps_page.py`: Streamlit and the live route, as in `app.py`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st

from explainer.live_pictures import ROUTE
from explainer.quiet_exit import end_quietly


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """As the app's own, without its warm-up."""
    yield {}
    end_quietly()


app = st.App(Path(__file__).with_name("maps_page.py"), lifespan=lifespan, routes=[ROUTE])
