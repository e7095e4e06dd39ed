"""Through depth: why did deep networks not learn?"""

from explainer.ui.common.page import open_page
from explainer.ui.depth.page import sections

open_page("depth")
sections()
