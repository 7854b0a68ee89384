"""Tables: what csv.writer wrote is what is read, whatever the dialect; and what is wrong is named by line or column."""

import csv
import io
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biasstudio.data_files import npy, table_text
from biasstudio.data_files.opening import ReadingCancelledError, never
from biasstudio.data_files.reading import open_source
from biasstudio.data_files.table_format import find_format
from biasstudio.data_files.table_text import MISSING, Rows, TableFormat, rows_of
from biasstudio.spec.arguments import SpecError
from tests.data_files.writing import found

NUMBERS = st.floats(-1e30, 1e30).map(repr) | st.integers(-(10**9), 10**9).map(str)
TEXTS = st.text(st.characters(codec="cp1252", exclude_categories=["Cc"]), min_size=1, max_size=12).filter(
    lambda text: text == text.strip() and text.lower() not in MISSING
)
SIGNS = {",": ",", ";": ";", "tab": "\t", "|": "|", "space": " "}


@st.composite
def tables(draw):
    """Rows of cells, and how they are written."""
    columns = draw(st.lists(st.sampled_from([NUMBERS, TEXTS]), min_size=2, max_size=5))
    cells = draw(st.lists(st.tuples(*columns), min_size=1, max_size=12))
    dialect = {
        "delimiter": draw(st.sampled_from(sorted(SIGNS))),
        "quoting": draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])),
        "lineterminator": draw(st.sampled_from(["\n", "\r\n"])),
    }
    return [list(row) for row in cells], dialect, draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))


def written(rows, dialect, encoding="utf-8", folder=None):
    text = io.StringIO(newline="")
    csv.writer(text, **dialect | {"delimiter": SIGNS[dialect["delimiter"]]}).writerows(rows)
    path = Path(folder, "table.csv")
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def read(path, form):
    names, *parts = rows_of(path, form, never)
    assert all(isinstance(part, Rows) for part in parts)
    return names, [row for part in parts for row in part.cells], [line for part in parts for line in part.lines]


@given(tables())
@settings(deadline=None)
def test_every_cell_is_what_was_written(tmp_path_factory, table):
    rows, dialect, encoding = table
    path = written(rows, dialect, encoding, tmp_path_factory.mktemp("tables"))
    form = TableFormat(dialect["delimiter"], False, encoding.removesuffix("-sig"))
    names, cells, _ = read(path, form)
    assert cells == rows
    assert names == [f"column {place}" for place in range(1, len(rows[0]) + 1)]


@given(
    st.lists(
        st.tuples(st.floats(-1e6, 1e6), st.sampled_from(["red", "green", "Blau ü"]), st.integers(0, 9)), min_size=4
    ),
    st.sampled_from(sorted(SIGNS)),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    st.booleans(),
    st.sampled_from([".", ","]),
)
@settings(deadline=None)
def test_the_way_a_table_is_written_is_found(tmp_path_factory, rows, delimiter, encoding, header, decimal):
    if delimiter == "," and decimal == ",":
        decimal = "."
    cells = [[f"{number:.2f}".replace(".", decimal), text, str(whole)] for number, text, whole in rows]
    names = [["size", "colour", "class"]] if header else []
    dialect = {"delimiter": delimiter, "quoting": csv.QUOTE_MINIMAL}
    path = written(names + cells, dialect, encoding, tmp_path_factory.mktemp("formats"))
    form = find_format(path, never)
    # A table without a sign beyond ASCII is the same in both.
    plain = all(text.isascii() for _, text, _ in rows)
    codec = "utf-8" if plain and encoding == "cp1252" else encoding.removesuffix("-sig")
    assert form == TableFormat(delimiter, header, codec, decimal)
    assert read(path, form)[1] == cells


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,2\n", TableFormat(",", True, "utf-8", ".")),
        ("1,2\n3,4\n", TableFormat(",", False, "utf-8", ".")),
        ("a;b\n1,5;2,5\n", TableFormat(";", True, "utf-8", ",")),
        ("a;b\n1.5;2,5\n", TableFormat(";", True, "utf-8", ".")),
        ('a,b\n"1,234",x\n"5,678",y\n', TableFormat(",", True, "utf-8", ".")),
        ("name,colour\nann,red\nbob,red\n", TableFormat(",", True, "utf-8", ".")),
        ("red,red\nred,blue\n", TableFormat(",", False, "utf-8", ".")),
        ("1.0  2.0 x\n3.0 4.0  y\n", TableFormat("space", False, "utf-8", ".")),
        ("a b,c d\n1 2,3\n", TableFormat(",", True, "utf-8", ".")),
        ("only\n1\n2\n", TableFormat(",", True, "utf-8", ".")),
    ],
)
def test_formats_of_small_tables(tmp_path, text, expected):
    path = tmp_path / "t.csv"
    path.write_text(text)
    assert find_format(path, never) == expected


def test_blank_lines_quotes_and_lines_in_cells(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b'\n a ,b\r\n\r\n"x, ""y""\r\nz",2\r\n   \r\n3 , 4\r\n')
    names, rows, lines = read(path, TableFormat())
    assert names == ["a", "b"]
    assert rows == [['x, "y"\r\nz', "2"], ["3", "4"]]
    assert lines == [5, 7]


def test_names_are_made_unique(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("x,,x,x (2),x,,ta\tb\n1,2,3,4,5,6,7\n")
    names, _, _ = read(path, TableFormat())
    assert names == ["x", "column 2", "x (2)", "x (2) (2)", "x (3)", "column 6", "ta?b"]


TITANIC = """PassengerId,Survived,Sex,Age,Fare,Cabin,Name,Embarked
1,0,male,22,7.25,,"Braund, Mr. Owen",S
2,1,female,38,71.2833,C85,"Cumings, Mrs. John",C
3,1,female,26,7.925,,"Heikkinen, Miss. Laina",S
4,1,female,NA,53.1,C123,"Futrelle, Mrs. Jacques",S
5,0,male,35,8.05,,"Allen, Mr. William",?
"""


@pytest.fixture
def titanic(tmp_path):
    path = tmp_path / "titanic.csv"
    path.write_text(TITANIC)
    return path


def arrays(data):
    return open_source(data).arrays()


def test_columns_become_numbers(titanic):
    data = found(
        "csv",
        path=str(titanic),
        target="Survived",
        columns=("Sex", "Age", "Fare", "Embarked"),
        missing="mean",
        shuffled=False,
    )
    x, y = arrays(data)
    expected = np.array(
        [
            # female, male, age, fare, C, S
            [0, 1, 22, 7.25, 0, 1],
            [1, 0, 38, 71.2833, 1, 0],
            [1, 0, 26, 7.925, 0, 1],
            [1, 0, np.mean([22, 38, 26, 35]), 53.1, 0, 1],
            [0, 1, 35, 8.05, 0, 0],
        ],
        np.float32,
    )
    assert np.array_equal(x, expected)
    assert y.tolist() == [0, 1, 1, 1, 0]
    assert data.found.class_names == ("0", "1")
    assert data.found.counts == (2, 3)
    assert data.found.sample_shape == (6,)


def test_rows_with_empty_cells_can_be_left_out(titanic):
    given = {"path": str(titanic), "target": "Embarked", "columns": ("Age", "Sex"), "shuffled": False}
    data = found("csv", missing="drop", **given)
    x, y = arrays(data)
    assert x[:, 0].tolist() == [22, 38, 26]
    assert (data.found.samples, data.found.class_names, data.found.counts) == (3, ("C", "S"), (1, 2))
    assert y.tolist() == [1, 0, 1]
    # Where the mean stands for an age, a row without a target is left out all the same.
    x, y = arrays(found("csv", missing="mean", **given))
    np.testing.assert_allclose(x[:, 0], [22, 38, 26, np.mean([22, 38, 26])], rtol=1e-6)
    assert len(y) == 4


def test_standardised_as_numpy_does_it_bit_for_bit(tmp_path):
    values = np.random.default_rng(3).normal(5, 20, (301, 4)).round(4)
    values[:, 2] = 7
    path = tmp_path / "t.csv"
    np.savetxt(path, np.c_[values, np.arange(301) % 3], delimiter=",", header="a,b,c,d,y", comments="")
    x, y = arrays(found("csv", path=str(path), target="y", scaling="standardise"))
    mean, deviation = values.mean(axis=0), values.std(axis=0)
    expected = ((values - mean) / np.where(deviation == 0, 1, deviation)).astype("float32")
    order = np.random.default_rng(0).permutation(301)
    assert np.array_equal(x, expected[order])
    assert np.array_equal(y, (np.arange(301) % 3)[order])


def test_a_table_too_large_for_memory_reads_the_same(tmp_path, monkeypatch):
    generator = np.random.default_rng(3)
    path = tmp_path / "t.csv"
    rows = [
        [f"{a:.5f}", "" if b < -1 else f"{b:.5f}", "uvw"[c]]
        for a, b, c in zip(*generator.normal(size=(2, 5000)), generator.integers(0, 3, 5000), strict=True)
    ]
    written([["a", "b", "kind"], *rows], {"delimiter": ","}, folder=tmp_path).rename(path)
    data = found("csv", path=str(path), target="kind", missing="mean", scaling="standardise")
    whole = arrays(data)
    monkeypatch.setattr(npy, "IN_MEMORY_BYTES", 1000)
    source = open_source(data)
    assert not source.in_memory
    np.testing.assert_allclose(source.arrays()[0], whole[0], rtol=1e-5, atol=1e-6)
    indexes = np.array([4999, 0, 77, 78, 0])
    x, y = source.take(indexes)
    assert np.array_equal(x, source.arrays()[0][indexes])
    assert np.array_equal(y, whole[1][indexes])


def test_labels_are_in_the_order_of_numbers_and_named_as_written(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("x,y\n1,10\n2,9\n3,9.0\n4,-1\n5,10\n")
    data = found("csv", path=str(path), target="y", shuffled=False)
    assert data.found.class_names == ("-1", "9", "10")
    assert data.found.counts == (1, 2, 2)
    assert arrays(data)[1].tolist() == [2, 1, 1, 0, 2]


def test_numbers_as_targets(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("x;y\n1;1,5\n2;-2,25\n3;1000\n")
    data = found("csv", path=str(path), delimiter=";", decimal=",", target="y", task="numbers", shuffled=False)
    assert data.found.target_range == (-2.25, 1000.0)
    assert data.found.class_names == ()
    _, y = arrays(data)
    assert y.dtype == np.float32
    assert y.tolist() == [1.5, -2.25, 1000.0]


@pytest.mark.parametrize(
    ("text", "given", "sentence"),
    [
        ("a,b,y\n1,2,0\n1,2,3,1\n", {}, "t.csv: line 3 has 4 cells, the header has 3, and starts with '1'."),
        ("a,b,y\n1,2,0\n1\n", {}, "t.csv: line 3 has 1 cell, the header has 3, and starts with '1'."),
        ("1,0\n2,1\n3\n", {"header": False, "target": "column 2"}, "t.csv: line 3 has 1 cell, the first row has 2"),
        ("a,y\n1,0\n2,1\n", {"target": "z"}, "t.csv has no column “z”; it has a, y."),
        ("a,y\n1,0\n2,1\n", {"columns": ("b",)}, "t.csv has no column “b”; it has a, y."),
        ("a,y\n1,0\n2,1\n", {"columns": ("a", "y")}, "t.csv: the target “y” can't be an input too."),
        ("a,y\n1,0\n2,1\n", {"columns": ("a", "a")}, "t.csv: a column is named twice"),
        ("y\n1\n2\n", {}, "t.csv has one column: expected a target and one input or more."),
        ("a,y\n", {}, "t.csv has no rows."),
        ("a,y\n1,\n,1\nNA,?\n", {}, "t.csv has empty cells, 2 in a, 2 in y, the first in line 2: choose to leave"),
        ("a,y\n,1\n,2\n", {"missing": "mean"}, "t.csv: the column “a” has no values."),
        ("a,y\n,1\n3,\n", {"missing": "drop"}, "t.csv has no rows without empty cells."),
        ("a,y\n1,5\n2,5\n", {}, "t.csv: the target “y” is '5' for all samples: expected two classes or more."),
        ("a,y\n1,5\n2,x\n", {"task": "numbers"}, "t.csv: the target “y” holds 'x' in line 3, which is no number"),
        ("a,y\ninf,0\n2,1\n", {}, "t.csv: line 2 holds 'inf' in the column “a”, more than float32 can hold."),
        ("a,y\n1e39,0\n2,1\n", {}, "t.csv: line 2 holds '1e39' in the column “a”, more than float32 can hold."),
        ("a,y\n1,1e39\n2,1\n", {"task": "numbers"}, "t.csv: line 2 holds '1e39' in the column “y”, more than"),
        ('a,y\n1,0\n"2,1\n', {}, "t.csv: line 3 has 1 cell, the header has 2"),
        ('a,y\n1,"' + "x" * 200_000 + '",0\n', {}, "t.csv: line 2: a cell is too long, or a quote is not closed."),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, given, sentence):
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(SpecError) as refusal:
        found("csv", **({"path": str(path), "target": "y"} | given))
    assert str(refusal.value).startswith(sentence)
    assert "\n" not in str(refusal.value)


def test_a_column_of_many_texts_is_named_with_their_number(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("when,y\n" + "".join(f"2024-{day:03},{day % 2}\n" for day in range(300)))
    with pytest.raises(SpecError) as refusal:
        found("csv", path=str(path), target="y")
    assert str(refusal.value) == (
        "t.csv: the column “when” holds texts, 300 different ones (line 2: '2024-000'); up to 256 can be encoded. "
        "Leave it out of the columns."
    )
    with pytest.raises(SpecError, match="the target “when” has more than"):
        found("csv", path=str(_long(tmp_path)), target="when")


def _long(folder):
    path = folder / "long.csv"
    path.write_text("a,when\n" + "".join(f"1,day {day}\n" for day in range(10_001)))
    return path


def test_a_line_without_end_is_not_read_to_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(table_text, "LONGEST_LINE", 1000)
    path = tmp_path / "t.csv"
    path.write_text("a,y\n1,0\n" + "1" * 5000)
    with pytest.raises(SpecError, match="line 3 is longer than 1,000 characters"):
        found("csv", path=str(path), target="y")


def test_too_many_columns_are_refused(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(",".join(["a"] * 10_001) + "\n")
    with pytest.raises(SpecError, match="10,001 columns are more than the 10,000 that are read"):
        found("csv", path=str(path), target="a")


def test_letters_of_another_encoding_are_named(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes("größe,y\n1,0\n2,1\n".encode("cp1252"))
    with pytest.raises(SpecError, match="is not written in utf-8"):
        found("csv", path=str(path), target="y")
    with pytest.raises(SpecError, match="is not written in utf-16"):
        found("csv", path=str(path), target="y", encoding="utf-16")
    assert found("csv", path=str(path), target="y", encoding="cp1252").found.samples == 2


def test_only_regular_files_are_opened(tmp_path):
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path):
        with pytest.raises(SpecError, match="is not a file that can be opened"):
            found("csv", path=str(path), target="y")
    with pytest.raises(SpecError, match=r"gone.csv is not there: expected it at"):
        found("csv", path=str(tmp_path / "gone.csv"), target="y")


def test_reading_can_be_cancelled(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,y\n" + "1,0\n2,1\n" * 20_000)
    data = found("csv", path=str(path), target="y")
    path.write_text("a,y\n" + "1,0\n2,1\n" * 20_001)
    with pytest.raises(ReadingCancelledError):
        open_source(data, lambda: True)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a,b,y\n1,2,0\n2,3,1\n", "t.csv has 2 inputs now, the experiment was made for 1 input: choose the data anew."),
        ("a,y\n1,0\n2,2\n", "t.csv has the classes 0, 2 now, the experiment was made for the classes 0, 1: choose"),
        ("a,y\n1,0\n2,1\n3,1\n", "t.csv has 3 samples now, the experiment was made for 2: choose the data anew."),
        ("b,z\n1,0\n2,1\n", "t.csv has no column “y”; it has b, z."),
    ],
)
def test_a_file_that_holds_something_else_now_is_refused(tmp_path, text, sentence):
    path = tmp_path / "t.csv"
    path.write_text("a,y\n1,0\n2,1\n")
    data = found("csv", path=str(path), target="y")
    path.write_text(text)
    with pytest.raises(SpecError) as refusal:
        open_source(data)
    assert str(refusal.value).startswith(sentence)
