"""The loss around a trained network: planes through its weights, the path there, the curvature."""
