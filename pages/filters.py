"""Filters: one set of weights slides over a picture."""

from explainer.ui.filter_bench import bench, keep_in_url
from explainer.ui.filter_controls import filter_choice
from explainer.ui.filter_download import download
from explainer.ui.filter_sections import sections
from explainer.ui.page import open_page
from explainer.ui.picture import picture_input, send_pixels

open_page("filters")
chosen = picture_input()
choice = filter_choice()
send_pixels(chosen.picture)
setup, found = bench(chosen, choice)
keep_in_url(choice, setup)
download(chosen, setup, found)
sections(chosen, setup)
