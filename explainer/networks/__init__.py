"""Networks to look into: where they are from, what their layers do, and what their units like."""
