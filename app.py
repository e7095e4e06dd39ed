"""The server: what `streamlit run app.py` and `uvicorn app:app` both serve.

The pages are run by `explainer/shell.py`; here stands only what belongs to the process and not to
a visitor.
"""

import os
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit.file_util import get_static_dir

from explainer.frontend import CompressedFrontend, PreparedPage
from explainer.live_pictures import ROUTE
from explainer.warmup import lifespan

# The threads of one operator wait for each other, and beside anything else that computes they wait
# long: twenty layers forwards and back take five to ten times as long with two as with one.
os.environ.setdefault("OMP_NUM_THREADS", "1")

ROOT = Path(__file__).parent
FONTS = ROOT / "assets" / "fonts"
ICON = ROOT / "assets" / "images" / "icon.png"
STYLE = ROOT / "assets" / "streamlit.css"

app = st.App(
    ROOT / "explainer" / "shell.py",
    lifespan=lifespan,
    routes=[ROUTE],
    middleware=[
        Middleware(CompressedFrontend, folder=get_static_dir(), fonts=FONTS, icon=ICON),
        Middleware(PreparedPage, folder=get_static_dir(), style=STYLE),
    ],
)
