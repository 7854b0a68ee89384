"""Images of panels, animations, and runs as NPZ and CSV, as a person gets them out of the window."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from biasstudio.gui.animation import AnimationDialog
from tests.experiments import moons
from tests.gui.test_runs import write_run


@pytest.fixture
def choose(monkeypatch):
    """Answers the next file dialogs."""

    def answer(path, kind=""):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(path), kind))

    return answer


@pytest.fixture
def window(open_window, tmp_path):
    """A window that replays a run of thirty steps."""
    opened = open_window(moons())
    opened.files.open_path(write_run(tmp_path / "one.biasrun"))
    assert opened.wait_until(lambda: opened.view.history.last_step == 29, 10_000)
    panels = [panel for panel in opened.panels.panels if panel.isVisible()]
    assert opened.wait_until(lambda: not any(panel.dirty for panel in panels), 10_000)
    return opened


def trigger(panel, text):
    next(action for action in panel.actions() if action.text() == text).trigger()


def test_a_panel_is_saved_as_png_and_svg_and_copied(window, choose, tmp_path):
    panel = window.panels.vector_panel
    choose(tmp_path / "panel.png")
    trigger(panel, "&Save as image…")
    with Image.open(tmp_path / "panel.png") as image:
        assert image.size == (2 * panel.width(), 2 * panel.height())
        assert len(image.convert("RGB").getcolors(100_000)) > 20
    choose(tmp_path / "drawing", "SVG drawing (*.svg)")
    trigger(panel, "&Save as image…")
    root = ElementTree.parse(tmp_path / "drawing.svg").getroot()
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "Vector" in texts
    assert sum(1 for _ in root.iter("{http://www.w3.org/2000/svg}path")) > 3
    trigger(panel, "&Copy image")
    assert QGuiApplication.clipboard().image().width() == 2 * panel.width()


def test_an_image_that_cant_be_written_is_said_and_leaves_nothing(window, choose, tmp_path):
    choose(tmp_path / "missing" / "panel.png")
    trigger(window.panels.vector_panel, "&Save as image…")
    assert "can't be written" in window.notices.said("export")
    choose(tmp_path / "panel.txt")
    trigger(window.panels.vector_panel, "&Save as image…")
    assert ".png or .svg" in window.notices.said("export")
    assert not (tmp_path / "panel.txt").exists()


def test_an_animation_shows_the_course_of_a_panel(window, choose, tmp_path):
    window.actions_of_runs.animate.trigger()
    dialog = window.findChild(AnimationDialog, "animationDialog")
    dialog.seconds.setValue(2)
    dialog.width_box.setValue(400)
    choose(tmp_path / "run")
    dialog.save.click()
    assert window.wait_until(lambda: (tmp_path / "run.gif").exists(), 60_000)
    with Image.open(tmp_path / "run.gif") as image:
        assert image.n_frames == 24
        assert image.size == (400, 248)
        first = np.asarray(image.convert("RGB"), np.int32)
        image.seek(23)
        assert np.abs(np.asarray(image.convert("RGB"), np.int32) - first).max() > 50
    assert window.view.following  # the window's own cursor has not moved


def test_an_animation_can_be_cancelled(window, choose, tmp_path):
    window.actions_of_runs.animate.trigger()
    dialog = window.findChild(AnimationDialog, "animationDialog")
    choose(tmp_path / "run.gif")
    dialog.save.click()
    assert window.wait_until(lambda: dialog.bar.value() > 1, 10_000)
    dialog.reject()
    window.wait_until(lambda: False, 50)
    assert sorted(path.name for path in tmp_path.glob("*.gif*")) == []


def test_the_shown_run_is_exported(window, choose, tmp_path):
    window.actions_of_runs.menu.aboutToShow.emit()
    for name in ("out.npz", "out.csv"):
        choose(tmp_path / name)
        window.actions_of_runs.export.trigger()
        assert window.wait_until((tmp_path / name).exists, 10_000)
    with np.load(tmp_path / "out.npz", allow_pickle=False) as file:
        assert file["dense/bias"][7].tolist() == [7.0] * 4
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 1 + 30 * 4
    choose(tmp_path / "missing" / "out.npz")
    window.actions_of_runs.export.trigger()
    assert window.wait_until(lambda: "can't be written" in window.notices.said("export"), 10_000)
