"""Loss landscape: the loss around a trained network, and what a picture of it hides."""

from explainer.ui.common.page import open_page
from explainer.ui.common.prose import say
from explainer.ui.ending.ending import close_page
from explainer.ui.landscape.page import arithmetic, asked, code, landscape

open_page("landscape")
choice = asked()
ticket = landscape(choice) if choice else None
if ticket:
    arithmetic(ticket)
    code(ticket)
say("landscape", "notice")
say("landscape", "how")
close_page("landscape")
