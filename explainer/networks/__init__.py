"""Networks that this repository trained itself: their architectures, weights and training."""
