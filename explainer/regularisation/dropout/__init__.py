"""Dropout and DropConnect: the networks that are left, what their mean is, what they teach."""
