"""How gradients pass through networks: attribution, backpropagation, checks, depth, landscapes."""
