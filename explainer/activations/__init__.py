"""Activation functions, registered ones and formulas of one's own: derivatives and facts."""
