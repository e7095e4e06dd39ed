"""Charts of the training lab, but for the curves that the page on depth draws too."""
