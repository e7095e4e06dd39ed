"""Charts of the activations page."""
