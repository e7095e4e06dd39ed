"""How a page ends: with something to predict and check, and with the way on."""
