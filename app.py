"""The server: what `streamlit run app.py` and `uvicorn app:app` both serve.

The pages are run by `explainer/shell.py`; here stands only what belongs to the process and not to
a visitor.
"""

from pathlib import Path

import streamlit as st

from explainer.live_pictures import ROUTE
from explainer.warmup import lifespan

app = st.App(Path(__file__).parent / "explainer" / "shell.py", lifespan=lifespan, routes=[ROUTE])
