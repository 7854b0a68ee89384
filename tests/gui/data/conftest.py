"""Files of a person's own, and a dialog that reads them."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QCoreApplication, QEvent, QThreadPool
from shiboken6 import isValid

from biasstudio.gui.data.data_dialog import DataDialog
from biasstudio.spec.data_sets import DataSet
from tests.experiments import moons

FLOWERS = ("rose", "tulip", "daisy")


@pytest.fixture
def flowers(tmp_path):
    """120 rows: two numbers, a text, and a class; 3 of the numbers are missing."""
    generator, path = np.random.default_rng(0), tmp_path / "flowers.csv"
    rows = ["name;height;petals;colour;species"]
    for row in range(120):
        height = "" if row in (3, 50, 90) else f"{generator.normal(20, 4):.2f}".replace(".", ",")
        colour, species = ("red", "white")[row % 2], FLOWERS[row % 3]
        rows.append(f"flower {row};{height};{generator.integers(3, 30) * 10};{colour};{species}")
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


@pytest.fixture
def arrays(tmp_path):
    """x (90, 5), labels y of 0, 1 and 2, and numbers z."""
    generator, path = np.random.default_rng(1), tmp_path / "arrays.npz"
    np.savez(path, x=generator.normal(size=(90, 5)), y=np.arange(90) % 3, z=np.linspace(-1, 1, 90))
    return path


@pytest.fixture
def pictures(tmp_path):
    """4 cats, which are red, and 6 dogs, which are blue."""
    for name, count, colour in (("cat", 4, (255, 0, 0)), ("dog", 6, (0, 0, 255))):
        folder = tmp_path / "pictures" / name
        folder.mkdir(parents=True)
        for number in range(count):
            Image.new("RGB", (12, 10), colour).save(folder / f"{number}.png")
    (tmp_path / "pictures" / "cat" / "notes.txt").write_text("no image")
    return tmp_path / "pictures"


@pytest.fixture
def pool():
    pool = QThreadPool()
    yield pool
    pool.waitForDone()


@pytest.fixture
def read(qtbot):
    """Waits until a dialog has read what was asked for last."""

    def wait(dialog):
        qtbot.waitUntil(lambda: dialog.reading is not None and not dialog.busy, timeout=20_000)
        return dialog.reading

    return wait


@pytest.fixture
def opened(qtbot, pool, read):
    """Opens a dialog on a file, waits for what comes of it, and closes it at the end."""
    dialogs = []

    def open_on(path, experiment=None):
        dialog = DataDialog(experiment or moons(), pool)
        dialogs.append(dialog)
        dialog.taken = []
        dialog.chosen.connect(dialog.taken.append)
        dialog.open()
        qtbot.waitExposed(dialog)
        if isinstance(path, DataSet):
            dialog.open_data(path)
        else:
            dialog.open_path(path)
            read(dialog)
        return dialog

    yield open_on
    for dialog in dialogs:
        if isValid(dialog):
            dialog.close()
    pool.waitForDone()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
