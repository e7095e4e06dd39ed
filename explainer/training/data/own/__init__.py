"""A visitor's own pictures as a data set: hostile archives in, small pictures with classes out."""
