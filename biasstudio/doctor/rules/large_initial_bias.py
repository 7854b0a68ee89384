"""large-initial-bias: biases start so far from zero that they drown what comes from the inputs."""

from collections.abc import Iterator

from biasstudio.doctor.biases import zeros_remedy
from biasstudio.doctor.case import Case
from biasstudio.doctor.figures import figure
from biasstudio.doctor.finding import Finding, Severity
from biasstudio.doctor.network import NetworkLayer
from biasstudio.spec.bias_shapes import bias_pieces


def large_initial_bias(case: Case, *, most: float = 0.3) -> Iterator[Finding]:
    """`most`: the largest standard deviation of a bias at the start that is not remarked on."""
    for layer in case.layers if not case.from_file else ():
        widest = max(_deviations(layer), default=None)
        if widest is None or widest[0] <= most or layer.layer is None:
            continue
        deviation, length, initializer = widest
        yield Finding(
            "large-initial-bias",
            Severity.WARNING,
            layer.name,
            f"The biases of {layer.name} start far from zero.",
            f"{initializer} on {length:,} {_values(length)} has a standard deviation of {figure(deviation, 3)}. "
            "Its formula is made for kernels, whose many small values add up; a bias is added once, as it is.",
            "Start these biases from zeros.",
            why="Units start with a leaning that no sample gave them, and training must first undo it.",
            source="https://www.tensorflow.org/api_docs/python/tf/keras/initializers/HeNormal",
            remedy=zeros_remedy(layer),
        )


def _values(length: int) -> str:
    return "value" if length == 1 else "values"


def _deviations(layer: NetworkLayer) -> Iterator[tuple[float, int, str]]:
    """Of each random piece of its biases: standard deviation, number of values, initializer."""
    if layer.layer is None:
        return
    for piece in bias_pieces(layer.layer, layer.input_shape):
        part = layer.layer.part(piece.path)
        role = part.type.bias
        if role is None or not part.get(role.toggle) or piece.fixed is not None or piece.shape is None:
            continue
        sides = tuple(side for side in piece.shape if side is not None)
        deviation = part.get(role.initializer).standard_deviation(sides) if len(sides) == len(piece.shape) else None
        if deviation is not None:
            length = 1
            for side in sides:
                length *= side
            yield deviation, length, part.get(role.initializer).name
