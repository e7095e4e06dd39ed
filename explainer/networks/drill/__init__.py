"""The sums behind one value of a layer, kind by kind, from the numbers it was made of."""
