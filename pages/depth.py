"""Through depth: why did deep networks not learn?"""

from explainer.ui.depth import sections
from explainer.ui.page import open_page

open_page("depth")
sections()
