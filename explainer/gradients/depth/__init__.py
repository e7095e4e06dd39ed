"""Gradients through depth: one pass through untrained networks, what theory says, batch norm."""
