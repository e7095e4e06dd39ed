"""A recipe as data and as text, and the registries that its fields choose from."""
