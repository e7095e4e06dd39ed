"""Home: three minutes to begin with, and an invitation to each topic."""

from explainer.ui.common.page import head
from explainer.ui.common.prose import say
from explainer.ui.home.cards import topics_map, tour

head("Deepglass")
say("home", "welcome")
tour()
topics_map()
say("home", "promise")
