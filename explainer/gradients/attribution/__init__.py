"""Which pixels a network decided on: maps of attribution, and whether they can be trusted."""
