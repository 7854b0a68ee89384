"""The mistakes that people make most with a layer's input, in words better than Keras's."""

from biasstudio.spec.arguments import SpecError
from biasstudio.spec.input_ranks import taken
from biasstudio.spec.stack import Layer

# A layer that is unrolled becomes a graph with a copy of itself for each time step.
MAXIMUM_UNROLLED_STEPS = 500


def check_input(layer: Layer, shape: tuple[int, ...]) -> None:
    """Raises SpecError naming the layer where its input, without the batch, is not what it takes."""
    inner = _inner_input(layer, shape)
    for argument in layer.type.nested:
        value = layer.get(argument.name)
        if isinstance(value, Layer) and inner:
            try:
                check_input(value, inner)
            except SpecError as error:
                raise SpecError(f"{layer.name}: {error}", layer=layer.name, argument=error.argument) from None
    _check_rank(layer, shape)
    _check_axis(layer, shape)
    _check_window(layer, shape)
    if dict(layer.arguments).get("unroll") and shape[0] > MAXIMUM_UNROLLED_STEPS:
        raise SpecError(
            f"{layer.name}: unroll lays {shape[0]:,} time steps out one by one, more than the "
            f"{MAXIMUM_UNROLLED_STEPS} that can be built in good time.",
            layer=layer.name,
            argument="unroll",
        )


def _inner_input(layer: Layer, shape: tuple[int, ...]) -> tuple[int, ...]:
    """What a layer inside gets; () where that can't be."""
    if layer.class_name == "TimeDistributed":
        if len(shape) < 2:
            raise SpecError(
                f"{layer.name}: TimeDistributed takes sequences, time × features, but its input is {times(shape)}.",
                layer=layer.name,
            )
        return shape[1:]
    return shape


def _check_rank(layer: Layer, shape: tuple[int, ...]) -> None:
    takes = taken(layer)
    if layer.type.self_attention and len(shape) < 2:
        takes = ("sequences, positions × features", 2)
    if takes is not None and len(shape) != takes[1]:
        raise SpecError(
            f"{layer.name}: {layer.class_name} takes {takes[0]}, but its input is {times(shape)}.", layer=layer.name
        )


def _check_axis(layer: Layer, shape: tuple[int, ...]) -> None:
    axes = dict(layer.arguments).get("axis")
    # Along the batch only Softmax and the like could work; none of them is meant to.
    for axis in axes if isinstance(axes, tuple) else () if axes is None else (axes,):
        if not (1 <= axis <= len(shape) or -len(shape) <= axis <= -1):
            raise SpecError(
                f"{layer.name}: axis {axis} is none of its input {times(shape)}; −1 is the last one.",
                layer=layer.name,
                argument="axis",
            )


def _check_window(layer: Layer, shape: tuple[int, ...]) -> None:
    given = dict(layer.arguments)
    argument = next((name for name in ("kernel_size", "pool_size") if name in given), None)
    # A transposed convolution makes its input larger, however small it is.
    if argument is None or given["padding"] != "valid" or layer.class_name.endswith("Transpose"):
        return
    window = given[argument]
    sides = shape[-len(window) - 1 : -1]
    spacing = given.get("dilation_rate", (1,) * len(window))
    reach = tuple((size - 1) * step + 1 for size, step in zip(window, spacing, strict=True))
    if any(over > side for over, side in zip(reach, sides, strict=True)):
        raise SpecError(
            f"{layer.name}: {argument} reaches over {times(reach)}, but its input is only {times(sides)}.",
            layer=layer.name,
            argument=argument,
        )


def times(shape: tuple[int, ...]) -> str:
    """26 × 26 × 32, or a row of 784."""
    return " × ".join(map(str, shape)) if len(shape) > 1 else f"a row of {shape[0]}" if shape else "one number"
