"""Filters: one set of weights slides over a picture."""

from explainer.ui.common.page import open_page
from explainer.ui.common.picture import picture_input, send_pixels
from explainer.ui.filters.bench import bench, keep_in_url
from explainer.ui.filters.controls import filter_choice
from explainer.ui.filters.download import download
from explainer.ui.filters.sections import sections

open_page("filters")
chosen = picture_input()
choice = filter_choice()
send_pixels(chosen.picture)
setup, found = bench(chosen, choice)
keep_in_url(choice, setup)
download(chosen, setup, found)
sections(chosen, setup)
