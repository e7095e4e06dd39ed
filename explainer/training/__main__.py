"""`python -m explainer.training`: the training lab without a screen."""

import sys

from explainer.training.command_line import main

if __name__ == "__main__":
    sys.exit(main())
