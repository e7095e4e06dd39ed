"""Filters: one set of weights slides over a picture."""

from explainer.ui.common.page import open_page
from explainer.ui.common.picture import send_pixels
from explainer.ui.ending.ending import close_page
from explainer.ui.filters.bench import bench, keep_in_url
from explainer.ui.filters.controls import picture_and_filter
from explainer.ui.filters.download import download
from explainer.ui.filters.sections import sections

open_page("filters")
chosen, choice = picture_and_filter()
send_pixels(chosen.picture)
setup, found = bench(chosen, choice)
keep_in_url(choice, setup)
download(chosen, setup, found)
sections(chosen, setup)
close_page("filters")
