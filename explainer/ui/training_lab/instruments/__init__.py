"""The instruments of the training lab: what is seen of a race, a module for each tab."""
