"""Make the README's pictures of the real window, light and dark: python packaging/make_pictures.py"""

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt

from biasstudio.app import create_application, create_window
from biasstudio.gui.file_actions import load_example
from biasstudio.gui.main_window import MainWindow
from biasstudio.gui.sweep.sweep_dialog import SweepDialog
from biasstudio.gui.theme import theme

PICTURES = Path(__file__).resolve().parent.parent / "resources" / "pictures"


def sweep(window: MainWindow, folder: Path) -> None:
    """The README's case: HeNormal against zeros on the bias of Conv2D, six seeds, sigmoid output."""
    window.document.replace(load_example("tutorial-sigmoid").change_training(epochs=2), None)
    assert window.wait_ready(60_000)
    window.actions_of_runs.sweep.trigger()
    dialog = window.findChild(SweepDialog)
    dialog.setup.run.click()
    assert window.wait_until(lambda: dialog.sweep.ended == 12 and not dialog.running, 500_000)
    theme().prefer(Qt.ColorScheme.Light)
    window.wait_until(lambda: False, 500)
    dialog.grab().save(str(folder / "sweep-light.png"))
    for row in range(dialog.tables.kinds.rows.rowCount()):
        cells = (dialog.tables.kinds.rows.index(row, column) for column in range(8))
        print(*(dialog.tables.kinds.rows.data(cell) for cell in cells), sep=" | ")
    dialog.close()


def main(folder: Path) -> None:
    """Train the tutorial network and save the window in both schemes; then the sweep."""
    application = create_application()
    # The runs that are made here are nobody's.
    os.environ["XDG_DATA_HOME"] = tempfile.mkdtemp()
    # With this seed the network learns; with others all of its units die, which makes for a dull picture.
    window = create_window(load_example("tutorial").change_training(seed=1))
    window.resize(1440, 900)
    window.show()
    assert window.wait_ready(120_000)
    window.actions_of_training.train.trigger()
    window.wait_until(lambda: len(window.view.history.epochs()) == 3 and window.ready(), 300_000)
    history, vector = window.view.history, window.view.vector
    change = history.values(vector.path, history.last_step) - history.values(vector.path, 0)
    window.view.choose_unit(int(abs(change).argmax()))
    for name, scheme in (("light", Qt.ColorScheme.Light), ("dark", Qt.ColorScheme.Dark)):
        theme().prefer(scheme)
        window.wait_until(lambda: False, 1_500)
        window.grab().save(str(folder / f"window-{name}.png"))
    sweep(window, folder)
    window.close_without_asking()
    window.wait_until(lambda: window.has_closed, 30_000)
    application.processEvents()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES)
