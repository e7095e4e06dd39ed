"""Home: an invitation to each topic."""

import streamlit as st

from explainer.ui.common.prose import say
from explainer.ui.home.cards import cards

st.title("Deepglass")
say("home", "welcome")
cards()
say("home", "promise")
