"""The architectures that this repository trains itself, as plain PyTorch modules."""
