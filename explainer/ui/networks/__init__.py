"""Choosing a network, fetching its weights, its output: for all pages that look into one."""
