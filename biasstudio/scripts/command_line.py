"""argparse in a script: without options on the command line, each has its default."""

from typing import Any

from biasstudio.scripts.values import Given, Instance, Made, Method, OwnClass, Unknown


def parser_method(parser: Made, name: str, given: Given) -> Any:
    """What a method of an ArgumentParser gives; None for what isn't known."""
    if name == "add_argument":
        flags = [flag for flag in given.positional if isinstance(flag, str)]
        chosen = next((flag for flag in flags if flag.startswith("--")), flags[0] if flags else "")
        key = given.named.get("dest") or chosen.lstrip("-").replace("-", "_")
        stored = given.named.get("action") == "store_true"
        if isinstance(key, str) and len(parser.attributes) < 1000:
            parser.attributes[key] = given.named.get("default", False if stored else Unknown(key))
        return None
    if name in ("parse_args", "parse_known_args"):
        instance = Instance(OwnClass("Namespace", parser.line, "", {}), dict(parser.attributes))
        return instance if name == "parse_args" else (instance, [])
    return Method(parser, name) if name == "add_argument_group" else None
