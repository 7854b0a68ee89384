"""The lines of a script that build the network: Sequential, or Functional where a layer takes its input twice."""

from biasstudio.scripts.keras_names import KerasNames
from biasstudio.scripts.source_text import Group, assigned, call, laid_out, listed, literal, named
from biasstudio.scripts.written_layers import layer_expression
from biasstudio.spec.stack import Stack


def network_lines(stack: Stack) -> list[str]:
    """Statements that leave the network in `model`."""
    return _sequential(stack) if stack.is_sequential else _functional(stack)


def _sequential(stack: Stack) -> list[str]:
    names = KerasNames()
    layers = [layer_expression(layer, names) for layer in stack.layers]
    model = call("keras.Sequential", [listed([_input(stack), *layers])])
    return [laid_out(assigned("model", model))]


def _functional(stack: Stack) -> list[str]:
    names, lines, before = KerasNames(), [laid_out(assigned("inputs", _input(stack)))], "inputs"
    for layer in stack.layers:
        made = layer_expression(layer, names)
        names.called(layer)
        after = "outputs" if layer is stack.layers[-1] else "hidden"
        given = f"({before}, {before})" if layer.type.self_attention else f"({before})"
        lines.append(laid_out(assigned(after, call(made.opening.removesuffix("("), made.parts, given))))
        before = after
    return [*lines, f"model = keras.Model(inputs, {before})"]


def _input(stack: Stack) -> Group:
    return call("keras.Input", [named("shape", literal(stack.input_shape))])
