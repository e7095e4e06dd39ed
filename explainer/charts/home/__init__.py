"""The pictures of the home page, one invitation a topic."""
