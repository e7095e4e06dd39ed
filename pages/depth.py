"""Through depth: why did deep networks not learn?"""

from explainer.ui.common.page import open_page
from explainer.ui.depth.page import sections
from explainer.ui.ending.ending import close_page

open_page("depth")
sections()
close_page("depth")
