"""A model's config from a file: walked before anything is built of it. Only what is Keras's own comes through."""

from typing import Any

from biasstudio.model_files.known import FUNCTIONAL, FUNCTIONS, MODELS, REFUSED_LAYERS, SEQUENTIAL, module_of
from biasstudio.spec.arguments import SpecError, shown

MAXIMUM_LAYERS = 3_000
MAXIMUM_WHOLE_NUMBER = 2**31 - 1
# Each is one round of a loop in Python while the layer is built.
_ROUNDS = {"power_iterations": 100}
_NUMBER_TYPES = frozenset(("bool", "float16", "float32", "float64", "bfloat16")) | {
    f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)
}
# Written by Keras 2, and without a meaning in Keras 3.
_WITHOUT_MEANING = {"time_major": False, "implementation": None, "batch_input_shape": None, "unroll": None}


def checked_model(config: Any) -> dict[str, Any]:
    """The config as it may be built: only known classes, each with the module that Keras 3 knows it by.

    Raises SpecError naming the first thing that may not, and the layer that holds it.
    """
    if not isinstance(config, dict) or not isinstance(config.get("class_name"), str):
        raise SpecError("The file's config is not that of a model: it has no class_name.")
    if config["class_name"] not in MODELS or module_of(config["class_name"], config.get("module")) is None:
        raise SpecError(f"The file's model is {_of_own(config)}.")
    checked: dict[str, Any] = _Walk().object(config, "the model")
    return checked


class _Walk:
    def __init__(self) -> None:
        self._layers = 0
        self._shared: set[int] = set()

    def value(self, value: Any, layer: str) -> Any:
        if isinstance(value, dict):
            if "class_name" in value:
                return self.object(value, layer)
            return {str(key): self.value(each, layer) for key, each in value.items()}
        if isinstance(value, list):
            return [self.value(each, layer) for each in value]
        if isinstance(value, int) and abs(value) > MAXIMUM_WHOLE_NUMBER:
            raise SpecError(f"The file's layer “{layer}” holds {shown(value)}, too large a number to build with.")
        return value

    def object(self, entry: dict[str, Any], layer: str) -> Any:
        class_name, config = entry["class_name"], entry.get("config")
        if not isinstance(class_name, str):
            raise SpecError(f"The file's layer “{layer}” holds an object without a name.")
        if class_name.startswith("__"):
            return self._special(class_name, config, layer)
        if class_name == "function":
            return self._function(entry, layer)
        module = module_of(class_name, entry.get("module"))
        if isinstance(config, dict) and isinstance(config.get("name"), str):
            layer = name_shown(config["name"])
        if class_name in REFUSED_LAYERS and entry.get("module") in (None, "keras.layers"):
            raise SpecError(f"The file's layer “{layer}” is a {class_name}: {REFUSED_LAYERS[class_name]}.")
        if module is None:
            raise SpecError(f"The file's layer “{layer}” is {_of_own(entry)}.")
        if entry.get("registered_name") not in (None, class_name):
            raise SpecError(
                f"The file's layer “{layer}” is the registered custom object {shown(entry['registered_name'])}: "
                "code of its author's own, which Bias Studio never runs."
            )
        if module in ("keras.layers", SEQUENTIAL, FUNCTIONAL):
            self._count(entry, layer)
        return self._known(class_name, module, config, entry, layer)

    def _count(self, entry: dict[str, Any], layer: str) -> None:
        self._layers += 1
        if self._layers > MAXIMUM_LAYERS:
            raise SpecError(f"The file's model has more than {MAXIMUM_LAYERS:,} layers, too many to build here.")
        shared = entry.get("shared_object_id")
        if isinstance(shared, int) and shared in self._shared:
            raise SpecError(
                f"The file's layer “{layer}” is used in two places inside of others, which can't be built here."
            )
        if isinstance(shared, int):
            self._shared.add(shared)

    def _known(self, class_name: str, module: str, config: Any, entry: dict[str, Any], layer: str) -> dict[str, Any]:
        if class_name == "Sequential" and isinstance(config, list):
            config = {"name": "sequential", "layers": config}
        if config is None:
            config = {}
        if not isinstance(config, dict):
            raise SpecError(f"The file's layer “{layer}” has no config.")
        for argument, most in _ROUNDS.items():
            if isinstance(config.get(argument), int) and config[argument] > most:
                raise SpecError(f"The file's layer “{layer}” asks for {config[argument]:,} rounds, not up to {most}.")
        name = "DTypePolicy" if class_name == "Policy" else "Functional" if class_name == "Model" else class_name
        given = {key: each for key, each in config.items() if key not in _WITHOUT_MEANING}
        if class_name == "InputLayer" and "batch_shape" not in given:
            given["batch_shape"] = config.get("batch_input_shape")
        if class_name == "Sequential":
            given = {"name": config.get("name"), "trainable": True, "layers": _with_input(config)}
        axis = given.get("axis")
        if module == "keras.layers" and isinstance(axis, list) and len(axis) == 1:
            given["axis"] = axis[0]
        result = {
            "module": module,
            "class_name": name,
            "config": {str(key): self.value(each, layer) for key, each in given.items()},
            "registered_name": None,
        }
        # A layer of a functional model stands there with its name and with what it is called on.
        for key in ("name", "inbound_nodes"):
            if key in entry:
                result[key] = self.value(entry[key], layer)
        return result

    def _special(self, class_name: str, config: Any, layer: str) -> dict[str, Any]:
        if class_name == "__lambda__":
            raise SpecError(f"The file's layer “{layer}” holds a Python lambda: code, which Bias Studio never runs.")
        if not isinstance(config, dict):
            config = {}
        wanted = {
            "__keras_tensor__": ("shape", "dtype", "keras_history"),
            "__tensor__": ("value", "dtype"),
            "__numpy__": ("value", "dtype"),
            "__slice__": ("start", "stop", "step"),
            "__ellipsis__": (),
        }.get(class_name)
        if wanted is None or set(config) - set(wanted):
            raise SpecError(f"The file's layer “{layer}” holds a {name_shown(class_name)}, which can't be built here.")
        if "dtype" in wanted and config.get("dtype") not in _NUMBER_TYPES:
            raise SpecError(f"The file's layer “{layer}” holds {shown(config.get('dtype'))} where numbers belong.")
        return {"class_name": class_name, "config": {key: self.value(config.get(key), layer) for key in wanted}}

    def _function(self, entry: dict[str, Any], layer: str) -> str:
        name, module = entry.get("config"), entry.get("module")
        if not isinstance(name, str) or name not in FUNCTIONS or module not in (None, "builtins", "keras.activations"):
            where = f" of the module “{name_shown(module)}”" if isinstance(module, str) else ""
            raise SpecError(
                f"The file's layer “{layer}” asks for the function “{name_shown(name)}”{where}: code that "
                "is none of Keras's activations, which Bias Studio never runs."
            )
        return name


def _with_input(config: dict[str, Any]) -> list[Any]:
    """The layers of a Sequential config, with an InputLayer before the first where another member says its shape."""
    layers = config.get("layers")
    if not isinstance(layers, list) or not all(isinstance(entry, dict) for entry in layers):
        raise SpecError("The file's model has no list of layers.")
    if not layers or layers[0].get("class_name") == "InputLayer":
        return layers
    first = layers[0].get("config")
    shape = config.get("build_input_shape")
    if isinstance(first, dict):
        shape = first.get("batch_input_shape") or first.get("batch_shape") or shape
    if not isinstance(shape, list):
        return layers
    taken = {entry["config"].get("name") for entry in layers if isinstance(entry.get("config"), dict)}
    candidates = ["input_layer", *(f"input_layer_{number}" for number in range(1, len(taken) + 1))]
    name = next(name for name in candidates if name not in taken)
    return [{"class_name": "InputLayer", "config": {"batch_shape": shape, "dtype": "float32", "name": name}}, *layers]


def _of_own(entry: dict[str, Any]) -> str:
    """ "a Foo of the module “my.code”: …", for what is none of Keras's own."""
    class_name, module, registered = entry["class_name"], entry.get("module"), entry.get("registered_name")
    where = f" of the module “{name_shown(module)}”" if isinstance(module, str) else ""
    custom = f", registered as “{name_shown(registered)}”" if isinstance(registered, str) else ""
    return (
        f"a {name_shown(class_name)}{where}{custom}: none of Keras's own that are built here, and code of others is "
        "never run"
    )


def name_shown(name: Any) -> str:
    """A name from a file for a message: printable, and not too long."""
    if not isinstance(name, str):
        return shown(name)
    printable = "".join(sign if sign.isprintable() else "?" for sign in name[:60])
    return printable if len(name) <= 60 else printable + "…"
