"""Home: an invitation to each topic."""

import streamlit as st

from explainer.ui.home import cards
from explainer.ui.prose import say

st.title("Deepglass")
say("home", "welcome")
cards()
say("home", "promise")
