"""How a shipped network is trained: everything but the data and the seed, as one record."""

from __future__ import annotations

from dataclasses import dataclass

from explainer.training.recipe.schedules import SCHEDULES


@dataclass(frozen=True)
class TrainingPlan:
    """Stochastic gradient descent with Nesterov momentum, on batches of `batch` pictures.

    `learning_rate` is the highest; `schedule` and `initialisation` are slugs of the registries of
    the training package. Weight decay is that of `torch.optim.SGD`, on every parameter.
    """

    epochs: int
    learning_rate: float = 0.2
    batch: int = 128
    momentum: float = 0.9
    weight_decay: float = 5e-4
    schedule: str = "one-cycle"
    initialisation: str = "he"

    def __post_init__(self) -> None:
        if self.epochs < 1 or self.batch < 2:
            raise ValueError(
                f"epochs must be at least 1 and batch at least 2, not {self.epochs}, {self.batch}"
            )

    def optimiser(self) -> str:
        """The optimiser in words, for the card."""
        return (
            f"SGD, Nesterov momentum {self.momentum:g}, weight decay {self.weight_decay:g},"
            f" learning rate at most {self.learning_rate:g}: {SCHEDULES[self.schedule].title}"
        )
