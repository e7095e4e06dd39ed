"""What units respond to: kernels, pictures that excite them, and pictures painted for them."""
