"""A functional model that is one chain of layers, as the Sequential model that it could have been."""

from typing import Any


def as_sequential(model: dict[str, Any]) -> dict[str, Any] | None:
    """The Sequential config of a checked functional model, or None where it is no single chain. Any thread may call."""
    config = model["config"]
    layers = config.get("layers")
    if not isinstance(layers, list) or not all(isinstance(entry, dict) for entry in layers):
        return None
    if not all(isinstance(entry.get("name"), str) for entry in layers):
        return None
    by_name = {entry["name"]: entry for entry in layers}
    inputs = [entry for entry in layers if entry.get("class_name") == "InputLayer"]
    if len(inputs) != 1 or len(by_name) != len(layers):
        return None
    follower: dict[Any, Any] = {}
    for entry in layers:
        if entry is inputs[0]:
            continue
        source = _only_source(entry.get("inbound_nodes"))
        if source is None or source in follower:
            return None
        follower[source] = entry.get("name")
    chain = [inputs[0].get("name")]
    while chain[-1] in follower:
        chain.append(follower.pop(chain[-1]))
    if follower or len(chain) != len(layers) or _last(config.get("output_layers")) != chain[-1]:
        return None
    entries = [{key: value for key, value in by_name[name].items() if key != "inbound_nodes"} for name in chain]
    sequential = {"name": config.get("name"), "trainable": True, "layers": entries}
    return {"module": "keras.models", "class_name": "Sequential", "config": sequential, "registered_name": None}


def _only_source(nodes: Any) -> str | None:
    """The name of the layer whose one output a layer is called on, once and with nothing else; or None."""
    if not isinstance(nodes, list) or len(nodes) != 1:
        return None
    node = nodes[0]
    if isinstance(node, dict):
        history, keywords = _history(node.get("args")), node.get("kwargs")
    else:
        # Keras 2: [[name, node index, tensor index, keywords]].
        history = node[0] if isinstance(node, list) and len(node) == 1 and isinstance(node[0], list) else None
        keywords = history[3] if history is not None and len(history) > 3 else {}
    # Keras writes training=False of a Dropout that nobody called so; `fit` sets it anyway.
    unused = isinstance(keywords, dict) and all(value in (None, False) for value in keywords.values())
    if not unused or not isinstance(history, list) or len(history) < 3 or history[1:3] != [0, 0]:
        return None
    return history[0] if isinstance(history[0], str) else None


def _history(arguments: Any) -> Any:
    """Where the one tensor comes from that a layer is called on."""
    if not isinstance(arguments, list) or len(arguments) != 1 or not isinstance(arguments[0], dict):
        return None
    config = arguments[0].get("config")
    return config.get("keras_history") if isinstance(config, dict) else None


def _last(outputs: Any) -> str | None:
    """The name of the one output's layer: of [name, 0, 0] or [[name, 0, 0]]."""
    if isinstance(outputs, list) and len(outputs) == 1 and isinstance(outputs[0], list):
        outputs = outputs[0]
    return outputs[0] if isinstance(outputs, list) and outputs and isinstance(outputs[0], str) else None
