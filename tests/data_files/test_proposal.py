"""What is proposed for a file: its kind, the target, the columns, the task; and the preview of it."""

import csv

import numpy as np
import pytest

from biasstudio.data_files.preview import ArrayPreview, ColumnPreview, preview_of
from biasstudio.data_files.proposal import propose_data, with_found
from biasstudio.data_files.reading import open_source
from biasstudio.resource_files import resource_path
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.data_sets import DATA_SET_TYPES
from tests.data_files.test_tables import TITANIC


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "diabetes"])
def test_the_shipped_tables_are_proposed_as_the_catalogue_has_them(name):
    path = resource_path(f"data/{name}.csv")
    data, entry = propose_data(path), DATA_SET_TYPES[name]
    assert data.type.sample_shape == entry.sample_shape
    assert data.type.class_names == entry.class_names
    assert data.type.counts == entry.counts
    assert data.type.loss == entry.loss
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert data.get("target") == header[-1]
    values = np.array([row[:-1] for row in rows], dtype="float64")
    x, y = open_source(data.change(scaling="none", shuffled=False)).arrays()
    assert np.array_equal(x, values.astype("float32"))
    targets = [row[-1] for row in rows]
    expected = (
        [entry.class_names.index(text) for text in targets] if entry.classes else [float(text) for text in targets]
    )
    assert y.tolist() == expected
    if not entry.classes:
        assert entry.target_range == data.found.target_range


def test_a_table_as_people_post_them(tmp_path):
    path = tmp_path / "titanic.csv"
    path.write_text(TITANIC)
    data = propose_data(path)
    assert data.get("target") == "Survived"
    assert data.get("task") == "classes"
    # The number of the row is none of the inputs, nor are texts of which nearly each is another.
    assert data.get("columns") == ("Sex", "Age", "Fare", "Cabin", "Embarked")
    assert data.get("missing") == "mean"
    assert data.get("scaling") == "standardise"
    assert with_found("csv", dict(data.parameters)) == data


@pytest.mark.parametrize(
    ("text", "target", "task"),
    [
        ("class,a\nx,1\ny,2\nx,4\n", "class", "classes"),
        ("a,Label,b\n1,0,3\n4,1,3\n1,1,1\n", "Label", "classes"),
        ("a,b\n1,0.5\n4,0.25\n1,0\n", "b", "numbers"),
        ("a,b\n5,1\n4,2\n1,3\n8,4\n", "b", "numbers"),
        ("a,b\n5,yes\n4,no\n1,yes\n", "b", "classes"),
        ("a,b,\n5,1,\n4,0,\n1,1,\n4,1,\n", "b", "classes"),
        ("a,year\n" + "".join(f"{number * 7 % 5},{1900 + number}\n" for number in range(50)), "year", "numbers"),
    ],
)
def test_target_and_task(tmp_path, text, target, task):
    path = tmp_path / "t.csv"
    path.write_text(text)
    data = propose_data(path)
    assert (data.get("target"), data.get("task")) == (target, task)
    assert bool(data.found.class_names) is (task == "classes")


X, Y = np.arange(60, dtype="float32").reshape(20, 3), np.arange(20) % 4


@pytest.mark.parametrize(
    ("arrays", "expected"),
    [
        ({"x_train": X, "y_train": Y, "x_test": X, "y_test": Y}, ("x_train", "y_train")),
        ({"Y": Y, "X": X}, ("X", "Y")),
        ({"train_images": X, "train_labels": Y, "extra": Y}, ("train_images", "train_labels")),
        ({"data": X, "target": Y, "names": X}, ("data", "target")),
        ({"foo": Y, "bar": X}, ("bar", "foo")),
    ],
)
def test_arrays_are_told_by_their_names(tmp_path, arrays, expected):
    path = tmp_path / "a.npz"
    np.savez(path, **arrays)
    data = propose_data(path)
    assert (data.get("inputs"), data.get("targets")) == expected
    assert data.found.counts == (5, 5, 5, 5)
    assert preview_of(path).arrays == tuple(
        ArrayPreview(name, array.shape, str(array.dtype)) for name, array in arrays.items()
    )


def test_arrays_that_cannot_be_told_are_to_be_chosen(tmp_path):
    np.savez(tmp_path / "a.npz", foo=X, bar=X, baz=Y)
    with pytest.raises(SpecError, match="can't be told from their names, foo, bar, baz: choose them") as refusal:
        propose_data(tmp_path / "a.npz")
    assert refusal.value.argument == "inputs"
    np.savez(tmp_path / "b.npz", foo=X, bar=np.array([{}], dtype=object))
    with pytest.raises(SpecError, match="holds Python objects"):
        propose_data(tmp_path / "b.npz")


@pytest.mark.parametrize(
    ("y", "task", "scaling", "x"),
    [
        (Y, "classes", "none", X),
        (Y.astype("float64"), "classes", "none", X),
        (np.linspace(0, 1, 20), "numbers", "none", X),
        (np.arange(20), "numbers", "none", X),
        (np.eye(4)[Y], "classes", "none", X),
        (X, "numbers", "none", X),
        (Y, "classes", "pixels", np.zeros((20, 4, 4), "uint8")),
        (Y, "classes", "none", np.zeros((20, 4), "uint8")),
    ],
)
def test_task_and_scaling_of_arrays(tmp_path, y, task, scaling, x):
    np.savez(tmp_path / "a.npz", x=x, y=y)
    data = propose_data(tmp_path / "a.npz")
    assert (data.get("task"), data.get("scaling"), data.get("shuffled")) == (task, scaling, task == "classes")


@pytest.mark.parametrize(
    ("inputs", "targets"),
    [
        ("x.npy", "y.npy"),
        ("X_train.npy", "y_train.npy"),
        ("train_x.npy", "train_y.npy"),
        ("my-images.npy", "my-labels.npy"),
    ],
)
def test_the_targets_beside_an_array(tmp_path, inputs, targets):
    np.save(tmp_path / inputs, X)
    np.save(tmp_path / targets, Y)
    np.save(tmp_path / "other.npy", Y)
    data = propose_data(tmp_path / inputs)
    assert data.get("targets_path") == str(tmp_path / targets)
    assert data == propose_data(tmp_path / inputs, tmp_path / targets)
    assert [array.name for array in preview_of(tmp_path / inputs, dict(data.parameters)).arrays] == [
        inputs.removesuffix(".npy"),
        targets.removesuffix(".npy"),
    ]


def test_an_array_alone_asks_for_its_targets(tmp_path):
    np.save(tmp_path / "x.npy", X)
    with pytest.raises(SpecError, match="holds one array, the inputs: choose the file of the targets") as refusal:
        propose_data(tmp_path / "x.npy")
    assert refusal.value.argument == "targets_path"


def test_files_that_are_no_tables(tmp_path):
    for name, content, sentence in (
        ("a.csv", b"PK\x03\x04", "arrays of NumPy are in files that end in .npz"),
        ("b.txt", b"\x93NUMPY", "arrays of NumPy are in files that end in .npy"),
        ("c.csv", b"\x89PNG\r\n\x1a\n\0\0", "c.csv is not a text: expected a table."),
        ("d.csv", b"  \n\n", "d.csv is empty: expected a table."),
        ("e.npz", b"a,b\n1,2\n", "e.npz is damaged, or not an NPZ file"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(SpecError) as refusal:
            propose_data(tmp_path / name)
        assert sentence in str(refusal.value)


def test_a_preview_of_a_table(tmp_path):
    path = tmp_path / "titanic.csv"
    path.write_text(TITANIC)
    preview = preview_of(path)
    assert preview.row_count == 5
    assert preview.rows[0] == ("1", "0", "male", "22", "7.25", "", "Braund, Mr. Owen", "S")
    columns = {column.name: column for column in preview.columns}
    assert columns["Age"] == ColumnPreview(
        "Age", "number", 4, 1, 22.0, 38.0, True, (("22", 1), ("38", 1), ("26", 1), ("35", 1))
    )
    assert columns["Sex"] == ColumnPreview("Sex", "text", 2, 0, None, None, True, (("female", 3), ("male", 2)))
    assert columns["Cabin"].missing == 3
    # What a person says of the format counts.
    assert preview_of(path, {"header": False}).row_count == 6
    assert len(preview_of(path, {"delimiter": "|"}).columns) == 1


def test_a_preview_counts_values_up_to_a_limit(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,y\n" + "".join(f"{number / 7},{number % 2}\n" for number in range(12_000)))
    column = preview_of(path).columns[0]
    assert (column.distinct_known, column.values) == (False, ())
    assert column.distinct > 10_000
    assert (column.lowest, column.highest) == (0.0, 11_999 / 7)
    assert len(preview_of(path).rows) == 100
