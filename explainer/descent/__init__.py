"""How training goes: steps, their limits, their noise, and where they end."""
