"""Files of data that a script names, found beside it, with the columns, arrays and classes that it chooses."""

import csv

import numpy as np
import pytest
from PIL import Image

from biasstudio.scripts.reading import ScriptReading, load_script, read_script
from tests.scripts.samples_expected import PRESENT, SAMPLES
from tests.scripts.telling import told_notes

_MODEL = """
from keras import Sequential, Input, layers
model = Sequential([Input(({inputs},)), layers.Dense({units})])
model.compile("sgd", "{loss}")
model.fit({x}, {y}, epochs=2)
"""


def write_table(path, header, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([*([header] if header else []), *rows])


def read(folder, text: str) -> ScriptReading:
    script = folder / "script.py"
    script.write_text(text, encoding="utf-8")
    return load_script(script, PRESENT)


def model(x: str, y: str, inputs: int, units: int = 1, loss: str = "binary_crossentropy") -> str:
    return _MODEL.format(x=x, y=y, inputs=inputs, units=units, loss=loss)


def sample(name: str, folder) -> ScriptReading:
    script = folder / f"{name}.py"
    script.write_text((SAMPLES / f"{name}.py").read_text(encoding="utf-8"), encoding="utf-8")
    return load_script(script, PRESENT)


@pytest.fixture
def people(tmp_path):
    """A table with a header: three numbers, a text, and the target in the middle."""
    rows = [(number, number * 2, number % 2, number / 3, "ab"[number % 2]) for number in range(40)]
    write_table(tmp_path / "people.csv", ["id", "age", "bought", "income", "town"], rows)
    return tmp_path


def test_the_pima_blog_post_opens_whole_where_its_file_lies_beside_it(tmp_path):
    rng = np.random.default_rng(0)
    table = np.c_[rng.random((60, 8)).round(3), rng.integers(0, 2, 60)]
    np.savetxt(tmp_path / "pima-indians-diabetes.csv", table, delimiter=",", fmt="%g")
    reading = sample("pima_diabetes_blog", tmp_path)
    data = reading.experiment.data
    assert reading.notes == ()
    assert data.name == "csv"
    assert data.get("path") == str((tmp_path / "pima-indians-diabetes.csv").resolve())
    assert (data.get("header"), data.get("scaling"), data.get("shuffled")) == (False, "none", False)
    assert (data.type.sample_shape, data.type.class_names) == ((8,), ("0", "1"))
    assert data.found.counts == (int((table[:, 8] == 0).sum()), int(table[:, 8].sum()))


def test_the_titanic_notebook_takes_the_columns_that_it_names(tmp_path):
    names = ["PassengerId", "Survived", "Pclass", "Sex", "Age", "SibSp", "Parch", "Fare"]
    rows = [(i, i % 2, i % 3 + 1, ("male", "female")[i % 2], 20 + i, i % 4, i % 2, 7.5 * i) for i in range(60)]
    write_table(tmp_path / "train.csv", names, rows)
    reading = sample("kaggle_titanic_notebook", tmp_path)
    data = reading.experiment.data
    assert (data.get("target"), data.get("scaling"), data.get("shuffled")) == ("Survived", "standardise", True)
    assert data.get("columns") == ("Pclass", "Sex", "Age", "SibSp", "Parch", "Fare")
    assert reading.experiment.training.validation_share == 0.2
    notes = told_notes(reading)
    assert "25: 'train.csv' is taken from the script's own folder." in notes
    assert "32: What “train['Sex'] = …” does to the data is not read." in notes


def test_columns_by_name_but_the_target(people):
    text = 'import pandas as pd\ndf = pd.read_csv("people.csv")\ny = df["bought"]\nX = df.drop("bought", axis=1)\n'
    data = read(people, text + model("X", "y", 5)).experiment.data
    assert (data.get("target"), data.get("columns"), data.get("task")) == ("bought", (), "classes")
    # The two towns become a column each.
    assert data.type.sample_shape == (5,)


@pytest.mark.parametrize(
    ("x", "columns"),
    [
        ("df[['age', 'income']]", ("age", "income")),
        ("df.drop(columns=['id', 'bought', 'town'])", ("age", "income")),
        ("df.drop(['id', 'town'], axis=1).drop('bought', axis=1).values", ("age", "income")),
        ("df.iloc[:, [1, 3]]", None),
        ("df.iloc[:, 0:2].values", ("id", "age")),
        ("df.values[:, :2].astype('float32')", ("id", "age")),
        ("df.iloc[:, 3:4]", ("income",)),
    ],
)
def test_columns_are_those_that_the_script_chooses(x, columns, people):
    text = f'import pandas as pd\ndf = pd.read_csv("people.csv")\ny = df["bought"]\nX = {x}\n'
    reading = read(people, text + model("X", "y", 2))
    if columns is None:
        assert any("df.iloc" in note.sentence for note in reading.notes)
    else:
        assert reading.experiment.data.get("columns") == columns
        assert reading.notes == () or "takes (2,)" in reading.notes[-1].sentence


@pytest.mark.parametrize(
    "drop", ["y = df.pop('bought')\ndel df['id']", "y = df['bought']\ndf.drop(['bought', 'id'], axis=1, inplace=True)"]
)
def test_a_table_that_loses_columns_where_it_is(drop, people):
    text = f'import pandas as pd\ndf = pd.read_csv("people.csv")\n{drop}\n'
    data = read(people, text + model("df", "y", 4)).experiment.data
    assert (data.get("target"), data.get("columns")) == ("bought", ("age", "income", "town"))


def test_a_table_without_a_header_and_names_of_the_scripts_own(tmp_path):
    write_table(tmp_path / "plain.csv", None, [(i, i * 2, i * 0.5 + 0.25) for i in range(30)])
    text = 'import pandas as pd\nd = pd.read_csv("plain.csv", names=["a", "b", "c"])\n'
    data = read(tmp_path, text + model('d[["a", "b"]]', 'd["c"]', 2, loss="mse")).experiment.data
    assert (data.get("header"), data.get("task"), data.type.classes) == (False, "numbers", 0)
    assert data.type.target_range == (0.25, 14.75)


def test_the_loss_tells_numbers_from_classes(people):
    text = 'import pandas as pd\ndf = pd.read_csv("people.csv")\n'
    numbers = read(people, text + model("df[['age']]", "df['bought']", 1, loss="mae")).experiment.data
    assert numbers.get("task") == "numbers"
    classes = read(people, text + model("df[['age']]", "df['bought']", 1)).experiment.data
    assert classes.get("task") == "classes"


def test_a_target_among_the_inputs_is_said(people):
    text = 'import pandas as pd\ndf = pd.read_csv("people.csv")\n'
    reading = read(people, text + model("df[['age', 'bought']]", "df['bought']", 1))
    assert reading.experiment.data.get("columns") == ("age",)
    assert told_notes(reading) == [
        "2: The script gives the target 'bought' to the network as an input too; here it is none."
    ]


def test_a_column_that_the_file_has_not_is_said(people):
    text = 'import pandas as pd\ndf = pd.read_csv("people.csv")\n'
    reading = read(people, text + model("df[['height']]", "df['bought']", 1))
    assert reading.experiment.data == PRESENT.data
    assert told_notes(reading) == [
        "2: The data are not read: the file has no column 'height'. Other data stand in their place: choose the right "
        "ones in the window."
    ]


def test_missing_cells_are_treated_as_the_script_does(tmp_path):
    write_table(tmp_path / "gaps.csv", ["a", "y"], [("" if i == 3 else i, i % 2) for i in range(30)])
    text = 'import pandas as pd\ndf = pd.read_csv("gaps.csv")\n{}\n' + model("df[['a']]", "df['y']", 1)
    assert read(tmp_path, text.format("df = df.dropna()")).experiment.data.get("missing") == "drop"
    assert read(tmp_path, text.format("df = df.fillna(df.mean())")).experiment.data.get("missing") == "mean"


def test_arrays_of_an_npz_file(tmp_path):
    x = np.zeros((30, 8, 8), np.uint8)
    np.savez(tmp_path / "digits.npz", images=x, numbers=np.arange(30) % 3, other=np.ones(4))
    text = 'import numpy as np\nwith np.load("digits.npz") as f:\n    x, y = f["images"] / 255.0, f["numbers"]\n'
    text += (
        "from keras import Sequential, layers\nm = Sequential([layers.Flatten(input_shape=(8, 8)), layers.Dense(3)])\n"
    )
    text += 'm.compile("adam", "sparse_categorical_crossentropy")\nm.fit(x, y)\n'
    reading = read(tmp_path, text)
    data = reading.experiment.data
    assert (data.name, data.get("inputs"), data.get("targets")) == ("npz", "images", "numbers")
    assert (data.get("scaling"), data.type.sample_shape, data.type.classes) == ("pixels", (8, 8), 3)


def test_two_npy_files(tmp_path):
    np.save(tmp_path / "features.npy", np.zeros((20, 3), np.float32))
    np.save(tmp_path / "answers.npy", np.linspace(0, 5, 20))
    text = 'import numpy as np\nA = np.load("features.npy")\nB = np.load("answers.npy")\n'
    data = read(tmp_path, text + model("A", "B", 3, loss="mse")).experiment.data
    assert data.name == "npy"
    assert data.get("targets_path") == str((tmp_path / "answers.npy").resolve())
    assert data.type.target_range == (0.0, 5.0)


def test_a_folder_of_images(tmp_path):
    for part in ("train", "validation"):
        for name in ("cats", "dogs"):
            folder = tmp_path / "cats_and_dogs_small" / part / name
            folder.mkdir(parents=True)
            for number in range(3):
                Image.new("RGB", (12, 10)).save(folder / f"{number}.png")
    reading = sample("cats_dogs_generators", tmp_path)
    data = reading.experiment.data
    assert data.get("path") == str((tmp_path / "cats_and_dogs_small" / "train").resolve())
    assert (data.get("size"), data.get("scaling"), data.type.class_names) == ((150, 150), "pixels", ("cats", "dogs"))
    assert reading.experiment.training.batch_size == 20
    assert "of fit, other samples, is not read" in " ".join(told_notes(reading))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nowhere.csv", "'nowhere.csv' is not there: it is looked for in the script's folder"),
        ("https://example.org/people.csv", "'people.csv' is read from the internet, which isn't done here"),
        ("broken.npz", "is not what the script takes it for"),
        ("a" * 5000, "is not there"),
        ("..", "is a folder"),
    ],
)
def test_a_file_that_can_not_be_read_is_said_and_the_rest_is_offered(name, reason, people):
    (people / "broken.npz").write_bytes(b"PK")
    text = f'import pandas as pd\ndf = pd.read_csv("{name}")\n' + model("df[['age']]", "df['bought']", 1)
    reading = read(people, text)
    assert reading.experiment.data == PRESENT.data
    assert reason in " ".join(told_notes(reading)) or name == "broken.npz"
    assert reading.notes[0].line == 2


def test_a_path_of_another_machine_is_looked_for_beside_the_script(people):
    text = 'import pandas as pd\ndf = pd.read_csv(r"C:\\Users\\me\\people.csv")\n' + model(
        "df[['age']]", "df['bought']", 1
    )
    reading = read(people, text)
    assert reading.experiment.data.get("path") == str((people / "people.csv").resolve())
    assert told_notes(reading) == ["2: 'people.csv' is taken from the script's own folder."]


def test_without_a_folder_no_file_is_opened(people):
    text = f'import pandas as pd\ndf = pd.read_csv("{(people / "people.csv").as_posix()}")\n'
    reading = read(people, text + model("df[['age']]", "df['bought']", 1))
    assert "taken from the script's own folder" in told_notes(reading)[0]
    alone = read_script(text + model("df[['age']]", "df['bought']", 1), PRESENT)
    assert alone.experiment.data == PRESENT.data
