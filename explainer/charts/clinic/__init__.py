"""What the page of the clinic draws."""
