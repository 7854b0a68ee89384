"""DataSet: one of the catalogue's data sets with all of its parameters."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from biasstudio.spec.arguments import SpecError, check_arguments, shown
from biasstudio.spec.data_set_types import DataSetType, loss_for
from biasstudio.spec.file_paths import path_for, path_from
from biasstudio.spec.found_data import FoundData
from biasstudio.spec.keras_data_types import KERAS_TYPES
from biasstudio.spec.own_data_types import OWN_TYPES
from biasstudio.spec.shipped_data_types import SHIPPED_TYPES

GIVEN_TYPES = {entry.name: entry for entry in (*SHIPPED_TYPES, *KERAS_TYPES)}
"""Those that need no file of a person's own."""
DATA_SET_TYPES = GIVEN_TYPES | {entry.name: entry for entry in OWN_TYPES}


@dataclass(frozen=True)
class DataSet:
    """A data set with all of its parameters. Make one with `DataSet.of`.

    `found` is what the file of a person's own data holds; None for data that come with Bias Studio.
    """

    name: str
    parameters: tuple[tuple[str, Any], ...] = ()
    found: FoundData | None = None

    @classmethod
    def of(cls, name: str, /, *, found: FoundData | None = None, **parameters: Any) -> "DataSet":
        """Raises SpecError naming the data set and the parameter."""
        if name not in DATA_SET_TYPES:
            raise SpecError(f"data: there is no data set {shown(name)}; there are {', '.join(DATA_SET_TYPES)}.")
        known = DATA_SET_TYPES[name]
        if known.own != (found is not None):
            raise SpecError(f"data {name}: what was found in its file is {'missing' if known.own else 'not expected'}.")
        for argument in known.parameters:
            if argument.required and argument.name not in parameters:
                raise SpecError(f"data {name}: {argument.name} is missing.", argument=argument.name)
        return cls(name, check_arguments(parameters, known.parameters, f"data {name}"), found)

    @property
    def type(self) -> DataSetType:
        """What it holds with these parameters; for data of a person's own with what was found."""
        known = DATA_SET_TYPES[self.name]
        if self.found is not None:
            return self._found_type(known, self.found)
        return known if known.changed_by is None else replace(known, **known.changed_by(dict(self.parameters)))

    def _found_type(self, known: DataSetType, found: FoundData) -> DataSetType:
        return replace(
            known,
            title=Path(self.get("path")).name,
            description=f"{known.title}, {found.samples:,} samples",
            sample_shape=found.sample_shape,
            classes=len(found.class_names),
            class_names=found.class_names,
            counts=found.counts,
            target_shape=found.target_shape,
            target_range=found.target_range,
            loss=loss_for(len(found.class_names)),
        )

    @property
    def of_keras(self) -> bool:
        """Whether it is one of Keras's own sets, which lies in Keras's cache or comes from the network."""
        return self.name.startswith("keras_")

    @property
    def words(self) -> int | None:
        """How many words there are, of samples that are the numbers of words; None of others."""
        count = dict(self.parameters).get("num_words")
        return int(count) if count is not None else None

    def get(self, parameter: str) -> Any:
        return dict(self.parameters)[parameter]

    def to_json(self, folder: Path | None) -> dict[str, Any]:
        """For an experiment's file in `folder`: paths are relative where the files lie there or below."""
        paths = {argument.name for argument in self.type.parameters if argument.kind == "path"}
        member = {"name": self.name} | {
            name: path_for(Path(value), folder) if name in paths else value for name, value in self.parameters
        }
        return member if self.found is None else member | {"found": self.found.to_json()}

    @classmethod
    def from_json(cls, member: dict[str, Any], folder: Path | None) -> "DataSet":
        """Raises SpecError."""
        name = member.get("name")
        if not isinstance(name, str):
            raise SpecError("data: the member 'name' that says which data set is missing.")
        given = {key: value for key, value in member.items() if key not in ("name", "found")}
        found = FoundData.from_json(member["found"]) if "found" in member else None
        data = cls.of(name, found=found, **given)
        paths = {
            argument.name: str(path_from(data.get(argument.name), folder, "data"))
            for argument in data.type.parameters
            if argument.kind == "path"
        }
        return data.change(**paths)

    def change(self, **parameters: Any) -> "DataSet":
        """The same data set with `parameters` changed. Raises SpecError."""
        return DataSet.of(self.name, found=self.found, **(dict(self.parameters) | parameters))
