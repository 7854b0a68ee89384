"""Images that a script reads from a folder, by image_dataset_from_directory or an ImageDataGenerator."""

from dataclasses import replace
from typing import Any

from biasstudio.scripts.arithmetic import is_number
from biasstudio.scripts.arrays import ALL, INPUTS, TARGETS, TEST, Array, Pairs, Source
from biasstudio.scripts.notes import Note
from biasstudio.scripts.values import Given, Made


def image_folder(given: Given, line: int, text: str) -> Any:
    folder = given.get("directory", 0)
    if not isinstance(folder, str):
        return Pairs(*_unknown_images(line, text))
    size = given.named.get("image_size", (256, 256))
    colour = "grey" if given.named.get("color_mode") == "grayscale" else "rgb"
    return _images(folder, size, colour, "none", given, line, text, ("validation_split", "subset", "seed", "shuffle"))


def _images(
    folder: str, size: Any, colour: str, scaling: str, given: Given, line: int, text: str, known: tuple[str, ...]
) -> Pairs:
    source = Source("images", line, folder, (("size", size), ("colour", colour)))
    sides = tuple(size) if isinstance(size, list | tuple) and len(size) == 2 else (None, None)
    sides = tuple(side if isinstance(side, int) else None for side in sides)
    mode = given.named.get("label_mode", given.named.get("class_mode"))
    share = given.named.get("validation_split")
    held = given.named.get("subset") == "validation"
    part = TEST if held else ALL
    x = Array(source, INPUTS, part, (None, *sides, 1 if colour == "grey" else 3), scaling=scaling)
    if is_number(share):
        x = replace(x, share=share)
    y = Array(source, TARGETS, part, (None,), one_hot=mode == "categorical")
    harmless = {
        "directory",
        "labels",
        "label_mode",
        "class_mode",
        "class_names",
        "image_size",
        "target_size",
        "verbose",
    }
    other = [key for key in given.named if key not in harmless | {"batch_size", "color_mode", *known}]
    unread = (Note(line, f"{', '.join(other)} of “{text}” is not read."),) if other else ()
    return Pairs(replace(x, unread=unread), y, given.named.get("batch_size", 32), shuffled=True)


def _unknown_images(line: int, text: str) -> tuple[Array, Array]:
    source = Source("", line, f"Which folder “{text}” reads is only known when the script runs.")
    return Array(source, INPUTS), Array(source, TARGETS)


def flow(generator: Made, name: str, given: Given, line: int, text: str) -> Any:
    options = generator.given.named
    if name == "flow":
        first, second = given.get("x", 0), given.get("y", 1)
        pairs = Pairs(first, second, given.get("batch_size", 2, 32), shuffled=True)
    elif name == "flow_from_directory":
        folder = given.get("directory", 0)
        if not isinstance(folder, str):
            return Pairs(*_unknown_images(line, text))
        pixels = is_number(options.get("rescale")) and abs(options["rescale"] * 255 - 1) < 1e-6
        colour = "grey" if given.named.get("color_mode") == "grayscale" else "rgb"
        size = given.named.get("target_size", (256, 256))
        scaling = "pixels" if pixels else "none"
        pairs = _images(
            folder, size, colour, scaling, given, line, text, ("subset", "seed", "shuffle", "interpolation")
        )
        if is_number(options.get("validation_split")):
            pairs = replace(pairs, x=replace(pairs.x, share=options["validation_split"]))
    else:
        return None
    other = [key for key in options if key not in ("rescale", "validation_split")]
    note = Note(generator.line, f"What ImageDataGenerator does by {', '.join(other)} is not read.")
    return replace(pairs, unread=(note,)) if other else pairs
