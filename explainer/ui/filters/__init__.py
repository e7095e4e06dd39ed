"""The filters page."""
