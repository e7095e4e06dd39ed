"""The training lab's page."""
