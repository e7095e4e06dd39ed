"""What every layer of a network takes and gives, how layers are linked, and what they see."""
