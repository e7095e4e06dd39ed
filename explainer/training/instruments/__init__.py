"""Instruments: what can be measured of a run between two slices, leaving no trace in it.

Every instrument is a function of one run, or of all runs of a race, for `Race.ask`. It works on
copies and gives back copies, so a race that is measured gives the numbers of one that is not.
"""
