"""Results in, a chart or a picture out. Nothing here knows a screen or a visitor."""
