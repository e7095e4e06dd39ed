"""The small CIFAR-10 of the tests of the scripts that train the shipped networks."""

from tests.scripts.weights.conftest import root

__all__ = ["root"]
