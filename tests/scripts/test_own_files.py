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


# What is read, the loss, the units and the labels in the file, and what is said of them.
BINARY, LABELS, ROWS = "binary_crossentropy", "sparse_categorical_crossentropy", "categorical_crossentropy"
LEFT = "Labels −1, 1 are taken as 0, 1 here; the script itself doesn't, and binary cross-entropy needs 0 and 1."
GIVEN_LABELS = [
    ((1, -1), BINARY, LEFT),
    ((1.0, -1.0), BINARY, LEFT),
    (
        (2, 1, 3),
        LABELS,
        "Labels 1, 2, 3 are taken as 0, 1, 2 here; the script itself doesn't, and sparse categorical cross-entropy "
        "numbers the outputs from 0 on.",
    ),
    (
        (1, 2, 4, 6, 7, 8),
        ROWS,
        "Labels 1, 2, 4, 6, …, 8 are taken as 0, 1, 2, 3, …, 5 here; the script itself doesn't, and categorical "
        "cross-entropy needs a row with a 1 for the class.",
    ),
    ((1, 2), "my_loss", "Labels 1, 2 are taken as 0, 1 here; the script leaves them as they are."),
    ((1, -1), "hinge", ""),
    ((0, 1), BINARY, ""),
    ((2, 0, 1), LABELS, ""),
    (("b", "a"), BINARY, ""),
    ((True, False), BINARY, ""),
]
CSV = 'import pandas as pd\ndf = pd.read_csv("own.csv")\nx, y = df[["a", "b"]], df["y"]\n'
NPZ = 'import numpy as np\nd = np.load("own.npz")\nx, y = d["x"], d["y"]\n'


def labels_of(folder, kind, labels, steps="", loss=BINARY, fit=("x", "y")):
    """The reading of a script on 30 rows with these labels in turn, and what it says of them."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(30, 2)).round(3), [labels[place % len(labels)] for place in range(30)]
    np.savez(folder / "own.npz", x=x, y=np.array(y))
    write_table(folder / "own.csv", ["a", "b", "y"], [(*row, label) for row, label in zip(x, y, strict=True)])
    reading = read(folder, {"csv": CSV, "npz": NPZ}[kind] + steps + model(*fit, 2, loss=loss))
    assert reading.experiment.data.name == kind
    return reading, [note for note in told_notes(reading) if "abels" in note]


@pytest.mark.parametrize("kind", ["csv", "npz"])
@pytest.mark.parametrize(("labels", "loss", "told"), GIVEN_LABELS)
def test_labels_that_are_not_those_of_the_loss_are_mended_and_said(kind, labels, loss, told, tmp_path):
    reading, notes = labels_of(tmp_path, kind, labels, loss=loss)
    assert reading.experiment.data.type.classes == len(set(labels))
    assert notes == ([f"2: {told}"] if told else [])
    other = bool(told) or loss == "hinge"
    assert reading.labels == (tuple(sorted(labels)) if other and loss != "my_loss" else ())


ENCODING = [
    "y = (y + 1) / 2\n",
    "y = (y + 1) // 2\n",
    "y = y.replace(-1, 0)\n",
    "y.replace(-1, 0, inplace=True)\n",
    "df.replace(-1, 0, inplace=True)\ny = df['y']\n",
    "y = y.map({-1: 0, 1: 1})\n",
    "y = y.clip(0)\n",
    "y += 1\n",
    "y[y == -1] = 0\n",
    "y[y < 0] *= 0\n",
    "if y.min() < 0:\n    y[y == -1] = 0\n",
    "def mend(labels):\n    labels[labels < 0] = 0\nmend(y)\n",
    "def mend(labels):\n    labels += 1\nmend(y)\n",
    "df.loc[df['y'] < 0, 'y'] = 0\ny = df['y']\n",
    "df['y'] = (df['y'] > 0).astype(int)\ny = df['y']\n",
    "y = (y > 0).astype(int)\n",
    "y = y == 1\n",
    "y = [max(label, 0) for label in y]\n",
    "import numpy as np\ny = np.where(y > 0, 1, 0)\n",
    "import numpy as np\nnp.maximum(y, 0, out=y)\n",
    "import numpy as np\nnp.place(y, y < 0, 0)\n",
    "import numpy as np\n_, y = np.unique(y, return_inverse=True)\n",
    "import pandas as pd\ny = pd.factorize(y)[0]\n",
    "import pandas as pd\ny = pd.get_dummies(y)\n",
    "import pandas as pd\ny = pd.Categorical(y).codes\n",
    "y = y.astype('category').cat.codes\n",
    "from sklearn.preprocessing import LabelEncoder\ny = LabelEncoder().fit_transform(y)\n",
    "from sklearn.preprocessing import LabelEncoder\ne = LabelEncoder()\ne.fit(y)\ny = e.transform(y)\n",
    "from sklearn.preprocessing import LabelBinarizer\ny = LabelBinarizer().fit_transform(y)\n",
    "from sklearn.preprocessing import OrdinalEncoder\ny = OrdinalEncoder().fit_transform(y)\n",
    "from sklearn.preprocessing import MinMaxScaler\ny = MinMaxScaler().fit_transform(y.values.reshape(-1, 1))\n",
    "from keras.utils import to_categorical\ny = to_categorical(y - 1)\n",
    "y = encoded(y)\n",
]


@pytest.mark.parametrize(
    ("kind", "steps"),
    [(kind, steps) for steps in ENCODING for kind in ("csv", "npz") if kind == "csv" or "df" not in steps],
)
def test_labels_that_the_script_encodes_itself_are_not_called_wrong(kind, steps, tmp_path):
    reading, notes = labels_of(tmp_path, kind, (1, -1), steps)
    assert (reading.labels, notes) == ((), [])


def test_pairs_that_are_changed_on_the_way_are_not_called_wrong(tmp_path):
    pairs = "import tensorflow as tf\nds = tf.data.Dataset.from_tensor_slices((x, y)){}.batch(8)\n"
    fit = ("ds", "None")
    for changed, labels in (("", (-1, 1)), (".map(lambda a, b: (a, (b + 1) / 2))", ())):
        assert labels_of(tmp_path, "csv", (1, -1), pairs.format(changed), fit=fit)[0].labels == labels


@pytest.mark.parametrize(
    "steps",
    [
        "y = y.values.astype('float32').reshape(-1, 1)\n",
        "df.drop('b', axis=1, inplace=True)\n",
        "df = df.dropna()\nx, y = df[['a', 'b']], df['y']\n",
        "from sklearn.model_selection import train_test_split\nx, xt, y, yt = train_test_split(x, y, test_size=0.2)\n",
        "from sklearn.preprocessing import StandardScaler\nx = StandardScaler().fit_transform(x)\n",
        "x['a'] = x['a'] * 2\n",
        "x = x * 2\n",
        "x *= 2\n",
    ],
)
def test_what_leaves_the_labels_as_they_are_hides_nothing(steps, tmp_path):
    reading, notes = labels_of(tmp_path, "csv", (1, -1), steps)
    assert reading.labels == (-1, 1)
    assert notes == [f"2: {LEFT}"]
