"""Data of a person's own as samples: read whole where they fit into memory, else a few at a time."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from biasstudio.data_files.array_files import rows_of_array
from biasstudio.data_files.images import ImageFolder, image_folder, images_faults, read_image
from biasstudio.data_files.npy import fits_in_memory
from biasstudio.data_files.opening import Cancelled, never, said_plainly
from biasstudio.data_files.rows import Array, DiskRows, MemoryRows, SampleRows, parts_of
from biasstudio.data_files.scaling import Scaling, scaling_of
from biasstudio.data_files.table import table_of
from biasstudio.data_files.table_reading import read_table
from biasstudio.data_files.targets import Targets, check_finite, labelled, targets_of
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.data_set_types import PIXELS
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.found_data import FoundData
from biasstudio.spec.own_data_types import RGB


class Source:
    """The samples of a data set in the order in which training counts them. Any thread may take some.

    `found` says what the file holds; `in_memory` whether all of it is meant to be held as float32.
    """

    def __init__(self, inputs: SampleRows, targets: Targets, scaling: Scaling, shuffled: bool) -> None:
        self._inputs, self._targets, self._scaling = inputs, targets, scaling
        count = inputs.shape[0]
        # The one order by chance that there is: a script gets it by this very line.
        self._order = np.random.default_rng(0).permutation(count) if shuffled else None
        self.in_memory = fits_in_memory(inputs.shape) and fits_in_memory(targets.rows.shape)
        self.found = FoundData(
            count,
            inputs.shape[1:],
            targets.class_names,
            targets.counts,
            () if targets.class_names else targets.rows.shape[1:],
            targets.value_range,
        )

    def __len__(self) -> int:
        return self.found.samples

    def take(self, indexes: Array) -> tuple[NDArray[np.float32], Array]:
        """Inputs float32 (m, *sample shape), and targets: int32 (m,) labels or float32 (m, *target shape) numbers.

        Raises SpecError where the file can't be read any more, or is damaged there.
        """
        places = indexes if self._order is None else self._order[indexes]
        return self._scaling.scaled(self._inputs.take(places)), self._targets.take(places)

    def arrays(self, cancelled: Cancelled = never) -> tuple[NDArray[np.float32], Array]:
        """All samples, as `take` gives them. Raises SpecError."""
        count = len(self)
        inputs = np.empty((count, *self.found.sample_shape), np.float32)
        everything = np.arange(count) if self._order is None else self._order
        places = np.empty(count, np.int64)
        places[everything] = np.arange(count)
        for start, part in parts_of(self._inputs, cancelled):
            inputs[places[start : start + len(part)]] = self._scaling.scaled(part)
        return inputs, self._targets.take(everything)


class _ImageRows:
    """uint8 (n, height, width, channels), read from the images' files each time."""

    def __init__(self, images: Sequence[Path], size: tuple[int, int], colour: str) -> None:
        self._images = images
        self._read = partial(read_image, size=size, colour=colour)
        self.shape = (len(images), *size, 3 if colour == RGB else 1)
        self.dtype = np.dtype(np.uint8)

    def read(self, start: int, stop: int) -> Array:
        return self._stacked(self._images[start:stop])

    def take(self, indexes: Array) -> Array:
        return self._stacked([self._images[index] for index in indexes])

    def _stacked(self, images: Sequence[Path]) -> Array:
        if not images:
            return np.empty((0, *self.shape[1:]), np.uint8)
        return np.stack([self._read(image) for image in images])


def open_source(data: DataSet, cancelled: Cancelled = never) -> Source:
    """The samples of a data set of a person's own. Raises SpecError, also where its files hold something else now."""
    source = open_parameters(data.name, dict(data.parameters), cancelled)
    change = _change(data.found, source.found)
    if data.found is not None and change:
        name = Path(data.get("path")).name
        raise SpecError(f"{name} {change}: choose the data anew.", argument="path")
    return source


def open_parameters(name: str, parameters: Mapping[str, Any], cancelled: Cancelled) -> Source:
    """The same for parameters whose file may hold anything. Raises SpecError."""
    path = Path(parameters["path"])
    if name == "csv":
        inputs, targets = read_table(table_of(path, parameters, cancelled), cancelled)
        return Source(inputs, targets, scaling_of(inputs, parameters["scaling"], cancelled), parameters["shuffled"])
    if name == "images":
        return _images(image_folder(path, cancelled), parameters, cancelled)
    return _arrays(path, parameters, cancelled)


def file_state(data: DataSet) -> tuple[int, ...]:
    """Changes when the files of a data set are written again. Raises SpecError where they are gone."""
    if data.name == "images":
        folder = image_folder(Path(data.get("path")), never)
        with said_plainly(folder.path):
            states = [path.stat() for path in folder.images]
        return len(states), sum(state.st_size for state in states), max(state.st_mtime_ns for state in states)
    found: list[int] = []
    for path in (Path(data.get(name)) for name in ("path", "targets_path") if name in dict(data.parameters)):
        with said_plainly(path):
            found += [path.stat().st_size, path.stat().st_mtime_ns]
    return tuple(found)


def _images(folder: ImageFolder, parameters: Mapping[str, Any], cancelled: Cancelled) -> Source:
    faults = images_faults(folder.images, cancelled, 1)
    if faults:
        raise SpecError(f"{faults[0][1][:-1]}. Take it out of the folder.", argument="path")
    rows = _ImageRows(folder.images, parameters["size"], parameters["colour"])
    targets = labelled(folder.labels, list(folder.class_names), folder.path.name)
    return Source(rows, targets, Scaling(pixels=parameters["scaling"] == PIXELS), shuffled=True)


def _arrays(path: Path, parameters: Mapping[str, Any], cancelled: Cancelled) -> Source:
    inputs_name, targets_name, targets_path = array_places(path, parameters)
    inputs = with_last_axis(rows_of_array(path, inputs_name, cancelled))
    targets = rows_of_array(targets_path, targets_name, cancelled)
    if inputs.shape[0] != targets.shape[0]:
        raise SpecError(
            f"{inputs_name} has {inputs.shape[0]:,} samples, but {targets_name} has {targets.shape[0]:,}: expected a "
            "target for each sample.",
            argument="targets" if targets_path == path else "targets_path",
        )
    if inputs.dtype.kind == "U":
        raise SpecError(f"{path.name}: {inputs_name} holds texts: expected numbers.", argument="inputs")
    check_finite(inputs, f"{path.name}: {inputs_name}", cancelled)
    read = targets_of(targets, parameters["task"], f"{targets_path.name}: {targets_name}", cancelled)
    return Source(inputs, read, scaling_of(inputs, parameters["scaling"], cancelled), parameters["shuffled"])


def array_places(path: Path, parameters: Mapping[str, Any]) -> tuple[str, str, Path]:
    """The name of the inputs' array, that of the targets', and the file of the targets."""
    if "targets_path" in parameters:
        targets_path = Path(parameters["targets_path"])
        return path.stem, targets_path.stem, targets_path
    return parameters["inputs"], parameters["targets"], path


def with_last_axis(rows: SampleRows) -> SampleRows:
    """(n,) as (n, 1): a sample is a row, if only of one number."""
    if len(rows.shape) > 1:
        return rows
    if isinstance(rows, MemoryRows):
        return MemoryRows(rows.array[:, np.newaxis])
    return cast("DiskRows", rows).with_last_axis()


def _change(expected: FoundData | None, found: FoundData) -> str:
    """How what a file holds now differs from what it held; "" where it doesn't."""
    if expected is None or expected == found:
        return ""
    if expected.sample_shape != found.sample_shape:
        return f"has {_inputs(found)} now, the experiment was made for {_inputs(expected)}"
    if expected.class_names != found.class_names:
        return f"has {_classes(found)} now, the experiment was made for {_classes(expected)}"
    if expected.samples != found.samples:
        return f"has {found.samples:,} samples now, the experiment was made for {expected.samples:,}"
    if expected.counts != found.counts:
        return "has other numbers of samples in its classes than when the experiment was made"
    return "has other targets than when the experiment was made"


def _inputs(found: FoundData) -> str:
    if len(found.sample_shape) == 1:
        return "1 input" if found.sample_shape == (1,) else f"{found.sample_shape[0]:,} inputs"
    return f"samples of the shape ({', '.join(map(str, found.sample_shape))})"


def _classes(found: FoundData) -> str:
    if not found.class_names:
        return "numbers as targets"
    names = ", ".join(found.class_names[:5])
    return f"the classes {names}{', …' if len(found.class_names) > 5 else ''}"
