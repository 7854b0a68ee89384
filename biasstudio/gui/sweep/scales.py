"""What the small pictures show, on scales that all of them share."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from biasstudio.gui.sweep.picture import Picture, change_limit, loss_limit, value_limits


class Kind(Enum):
    LOSS = "Loss"
    VALUES = "Values"
    CHANGE = "Change"


@dataclass(frozen=True)
class Scales:
    """`low` to `high` upwards, or as colours for changes; steps from 0 to `last_step` across. `path` is the vector.

    `constant_loss` is drawn as a line among losses, where it is known.
    """

    kind: Kind
    path: str
    low: float
    high: float
    last_step: int
    constant_loss: float | None = None


def scales_for(
    kind: Kind, path: str, pictures: Sequence[Picture], last_step: int, constant_loss: float | None
) -> Scales:
    """The scales on which all `pictures` can be seen."""
    if kind is Kind.LOSS:
        return Scales(kind, path, 0.0, loss_limit(pictures, constant_loss), last_step, constant_loss)
    if kind is Kind.VALUES:
        return Scales(kind, path, *value_limits(pictures, path), last_step)
    limit = change_limit(pictures, path)
    return Scales(kind, path, -limit, limit, last_step)
