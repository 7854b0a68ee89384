"""Random valid stacks and experiments, drawn from the catalogues themselves, for every test that needs some."""

import math
from pathlib import Path

from hypothesis import strategies as st

from biasstudio.spec.arguments import Argument
from biasstudio.spec.bias_shapes import bias_pieces
from biasstudio.spec.constraints import CONSTRAINT_TYPES, Constraint
from biasstudio.spec.data_sets import DATA_SET_TYPES, DataSet
from biasstudio.spec.experiment import TRAINING_ARGUMENTS, Experiment, Training
from biasstudio.spec.found_data import FoundData
from biasstudio.spec.initializers import INITIALIZER_TYPES, VECTOR_INITIALIZERS, Initializer
from biasstudio.spec.keras_objects import KerasObject
from biasstudio.spec.layers import layer_types
from biasstudio.spec.learning import WHO_LEARNS
from biasstudio.spec.losses import LOSS_TYPES
from biasstudio.spec.optimizers import CLIPPING, OPTIMIZER_TYPES
from biasstudio.spec.regularizers import REGULARIZER_TYPES, Regularizer
from biasstudio.spec.stack import Layer, Stack
from biasstudio.spec.weights_file import WeightsFile

LAYER_NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,20}", fullmatch=True)
INPUT_SHAPES = st.lists(st.integers(1, 64), min_size=1, max_size=5).map(tuple)
TEXTS = st.sampled_from(["...x,xy->...y", "abc,cd->abd", "d", "bd"]) | st.from_regex(r"[!-~]{1,20}", fullmatch=True)
TITLES = st.text(max_size=20).filter(str.isprintable)
STACK_LAYERS = tuple(name for name, layer in layer_types().items() if not layer.part)
ZEROS = Initializer.of("Zeros")

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=10)
    | st.sampled_from(["Dense", "relu", "zeros", "Zeros", "Constant", "Orthogonal", "dense", "conv2d", "Sequential"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["class_name", "config", "name", "cls", "self", "units", "value", "axis"])
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=6,
)


def _numbers(argument: Argument) -> st.SearchStrategy[float]:
    low = argument.above if argument.minimum is None else argument.minimum
    high = argument.below if argument.maximum is None else argument.maximum
    return st.floats(
        -3e38 if low is None else low,
        3e38 if high is None else high,
        exclude_min=argument.minimum is None and argument.above is not None,
        exclude_max=argument.maximum is None and argument.below is not None,
    )


def _integers(argument: Argument, most: int = 10**15) -> st.SearchStrategy[int]:
    low = -most if argument.minimum is None else math.ceil(argument.minimum)
    high = most if argument.maximum is None else math.floor(argument.maximum)
    return st.integers(low, high)


def argument_values(argument: Argument, *, fits_vectors: bool = False) -> st.SearchStrategy[object]:
    """Any value, in its canonical type, that `argument` takes."""
    if argument.kind == "integer":
        values = _integers(argument)
    elif argument.kind == "number":
        values = _numbers(argument)
    elif argument.kind == "integers":
        values = st.tuples(*[_integers(argument)] * argument.length)
    elif argument.kind == "shape":
        values = st.lists(_integers(argument), min_size=1, max_size=5).map(tuple)
    elif argument.kind == "sides":
        values = st.lists(st.none() | _integers(argument), min_size=1, max_size=5).map(tuple)
    elif argument.kind == "axes":
        values = _integers(argument) | st.lists(_integers(argument), min_size=2, max_size=4).map(tuple)
    elif argument.kind == "pairs":
        values = st.tuples(*[st.tuples(*[_integers(argument)] * 2)] * argument.length)
    elif argument.kind in ("bounds", "interval"):
        values = st.tuples(_numbers(argument), _numbers(argument)).map(sorted).map(tuple)
        values = values if argument.kind == "interval" else values | _numbers(argument)
    elif argument.kind == "text":
        values = TEXTS
    elif argument.kind == "path":
        values = st.sampled_from(["data.csv", "folder/b c", "ü.npz"]).map(
            lambda name: str(Path("data", name).absolute())
        )
    elif argument.kind == "title":
        values = TITLES
    elif argument.kind == "titles":
        values = st.lists(TITLES, max_size=4).map(tuple)
    elif argument.kind == "regularizer":
        values = objects(Regularizer, tuple(REGULARIZER_TYPES))
    elif argument.kind == "constraint":
        values = objects(Constraint, tuple(CONSTRAINT_TYPES))
    elif argument.kind == "layer":
        values = inner_layers(argument.choices)
    elif argument.kind == "layers":
        values = st.lists(inner_layers(argument.choices), min_size=1, max_size=3).map(tuple)
    elif argument.kind == "numbers":
        values = _numbers(argument) | st.lists(_numbers(argument), min_size=1, max_size=5).map(tuple)
    elif argument.kind == "boolean":
        values = st.booleans()
    elif argument.kind == "choice":
        values = st.sampled_from(argument.choices)
    else:
        values = initializers(fits_vectors=fits_vectors)
    return st.none() | values if argument.unset else values


@st.composite
def objects(draw, kind: type[KerasObject], names: tuple[str, ...]) -> KerasObject:
    name = draw(st.sampled_from(names))
    parameters = kind.types[name].parameters
    return kind.of(name, **{parameter.name: draw(argument_values(parameter)) for parameter in parameters})


def initializers(*, fits_vectors: bool = False) -> st.SearchStrategy[Initializer]:
    return objects(Initializer, VECTOR_INITIALIZERS if fits_vectors else tuple(INITIALIZER_TYPES))


def inner_layers(choices: tuple[str, ...]) -> st.SearchStrategy[Layer]:
    """Layers inside another one; not wrappers, of which only so many can lie in each other."""
    plain = tuple(name for name in choices if not layer_types()[name].nested)
    return layers(classes=plain)


@st.composite
def layers(draw, name: str | None = None, classes: tuple[str, ...] = STACK_LAYERS) -> Layer:
    """A layer with any arguments; of the advanced ones most are left as they are, as people do."""
    layer_type = layer_types()[draw(st.sampled_from(classes))]
    bias = layer_type.bias
    changed = draw(st.sets(st.sampled_from(layer_type.arguments), max_size=8)) if layer_type.arguments else ()
    given = {
        argument.name: draw(
            argument_values(argument, fits_vectors=bias is not None and argument.name == bias.initializer)
        )
        for argument in layer_type.arguments
        if argument in changed
    }
    name = draw(LAYER_NAMES) if name is None else name
    if bias is not None and isinstance(
        dict(getattr(given.get(bias.initializer), "parameters", ())).get("value"), tuple
    ):
        given[bias.initializer] = draw(
            fitting_list(Layer.of(layer_type.name, name, **given | {bias.initializer: ZEROS}))
        )
    return Layer.of(layer_type.name, name, **given)


@st.composite
def fitting_list(draw, layer: Layer) -> Initializer:
    """A Constant list that fits the layer's bias, or a single number where none does."""
    shapes = {piece.shape for piece in bias_pieces(layer) if piece.fixed is None}
    length = next(iter(shapes))[-1] if len(shapes) == 1 and None not in shapes else None
    length = 3 if length is None and len(shapes) == 1 else length
    if length is None or length > 50:
        return Initializer.of("Constant", value=0.5)
    return Initializer.of("Constant", value=tuple(draw(st.lists(st.floats(-9, 9), min_size=length, max_size=length))))


@st.composite
def stacks(draw, most: int = 5) -> Stack:
    names = draw(st.lists(LAYER_NAMES, max_size=most, unique=True))
    return Stack(draw(INPUT_SHAPES), tuple(draw(layers(name)) for name in names))


@st.composite
def data_sets(draw) -> DataSet:
    name = draw(st.sampled_from(tuple(DATA_SET_TYPES)))
    data_set = DATA_SET_TYPES[name]
    given = {parameter.name: draw(argument_values(parameter)) for parameter in data_set.parameters}
    return DataSet.of(name, found=draw(found_data()) if data_set.own else None, **given)


@st.composite
def found_data(draw) -> FoundData:
    """Classes with their counts, or numbers."""
    shape = draw(INPUT_SHAPES)
    if draw(st.booleans()):
        names = draw(st.lists(TITLES, min_size=1, max_size=5, unique=True))
        counts = draw(st.lists(st.integers(1, 1000), min_size=len(names), max_size=len(names)))
        return FoundData(sum(counts), shape, tuple(names), tuple(counts))
    low, high = sorted(draw(st.tuples(st.floats(-1e30, 1e30), st.floats(-1e30, 1e30))))
    return FoundData(draw(st.integers(1, 10**9)), shape, (), (), draw(st.just(()) | INPUT_SHAPES), (low, high))


@st.composite
def trainings(draw) -> Training:
    given = {argument.name: draw(argument_values(argument)) for argument in TRAINING_ARGUMENTS}
    return Training(
        **given,
        optimizer_settings=draw(_settings(OPTIMIZER_TYPES[given["optimizer"]].settings)),
        loss_settings=draw(_settings(LOSS_TYPES[given["loss"]].settings)),
    )


def _settings(schema: tuple[Argument, ...]) -> st.SearchStrategy[dict[str, object]]:
    given = {argument.name: argument_values(argument) for argument in schema}
    return st.fixed_dictionaries({}, optional=given).map(_with_one_clipping)


def _with_one_clipping(settings: dict[str, object]) -> dict[str, object]:
    clipping = [name for name in CLIPPING if settings.get(name) is not None]
    return {name: value for name, value in settings.items() if name not in clipping[1:]}


def weights_files() -> st.SearchStrategy[WeightsFile]:
    names = st.sampled_from(["a.keras", "folder/b c.h5", "ü.weights.h5"])
    return st.builds(
        WeightsFile,
        names.map(lambda name: Path("models", name).absolute()),
        st.text("0123456789abcdef", min_size=64, max_size=64),
        st.booleans(),
    )


@st.composite
def experiments(draw) -> Experiment:
    stack = draw(stacks())
    for layer in stack.layers:
        stack = stack.let_learn(layer.name, draw(st.sampled_from(tuple(WHO_LEARNS))))
    return Experiment(stack, draw(data_sets()), draw(trainings()), draw(st.none() | weights_files()))
