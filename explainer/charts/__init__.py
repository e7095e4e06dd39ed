"""Results in, a chart or a picture out: here what several pages share, below what one draws."""
