"""Classes and functions that a script defines where PyTorch has none, as source."""

from __future__ import annotations

from explainer.training.recipe.features import FEATURES, Features

DROPOUT = '''class Dropout(nn.Module):
    """Leaves each unit out with probability p, and enlarges the others to make up for it."""

    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        kept = torch.rand(x.shape, generator=masks) >= self.p
        return x * (kept * (1 / (1 - self.p)))'''

MAP_DROPOUT = '''class MapDropout(nn.Module):
    """Leaves whole feature maps out with probability p, and enlarges the others."""

    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        kept = torch.rand(*x.shape[:2], 1, 1, generator=masks) >= self.p
        return x * (kept * (1 / (1 - self.p)))'''

DROP_CONNECT = '''class DropConnect(nn.Linear):
    """A dense layer that leaves weights out, not units: the same ones for the whole batch."""

    def __init__(self, inputs, outputs, p, bias=True):
        super().__init__(inputs, outputs, bias=bias)
        self.p = p

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        kept = torch.rand(self.weight.shape, generator=masks) >= self.p
        return F.linear(x, self.weight * (kept * (1 / (1 - self.p))), self.bias)'''

STOCHASTIC_POOL = '''class StochasticPool2d(nn.Module):
    """Picks one of four neighbours, the larger the likelier; in evaluation their weighted mean."""

    def forward(self, x):
        height, width = (side // 2 * 2 for side in x.shape[2:])
        corners = [x[:, :, i:height:2, j:width:2] for i in (0, 1) for j in (0, 1)]
        four = torch.stack(corners, -1)
        positive = four.clamp(min=0)
        total = positive.sum(-1, keepdim=True)
        quarter = torch.full_like(four, 0.25)  # where no value is positive
        chances = torch.where(total > 0, positive / total.clamp(min=1e-38), quarter)
        if not self.training:
            return (four * chances).sum(-1)
        drawn = torch.rand(four.shape[:4], generator=masks)[..., None]
        chosen = (chances.detach().cumsum(-1)[..., :3] <= drawn).sum(-1, keepdim=True)
        return four.gather(-1, chosen)[..., 0]'''


SKIP = '''class Skip(nn.Module):
    """Where a skip connection ends and the next begins."""

    def forward(self, x, carried=None):
        return x if carried is None else carried + x


class SkipSequential(nn.Sequential):
    """Layers one after another, and past those between two Skips the identity."""

    def forward(self, x):
        carried = None
        for layer in self:
            if isinstance(layer, Skip):
                x = carried = layer(x, carried)
            else:
                x = layer(x)
        return x'''

FEATURES_HEAD = '''class Features(nn.Module):
    """The columns that the network is given of each point (x, y)."""

    def forward(self, points):
        x, y = points.unbind(1)
        columns = ['''


def features_source(layer: Features) -> str:
    """The class whose columns are those of `layer`, as source."""
    columns = (f"            {FEATURES[slug].expression}," for slug in layer.slugs)
    end = ("        ]", "        return torch.stack(columns, 1)")
    return "\n".join([FEATURES_HEAD, *columns, *end])
