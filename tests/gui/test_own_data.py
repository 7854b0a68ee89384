"""Training on data of a person's own in the window: it reads them, and says what keeps it from that."""

from PySide6.QtWidgets import QLabel

from biasstudio.data_files.proposal import propose_data
from biasstudio.spec.experiment import Experiment, Training
from biasstudio.spec.stack import Stack
from tests.gui.test_main_window import click_action, wait_for_end


def test_a_file_that_is_gone_is_said_and_train_stays(qtbot, open_window, tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("a,b,y\n" + "".join(f"{number * 7 % 11},{-number / 2},{number % 2}\n" for number in range(40)))
    stack = Stack((2,)).add("Dense", units=1, activation="sigmoid")
    window = open_window(Experiment(stack, propose_data(path), Training(epochs=2, batch_size=10)))
    content, actions = path.read_text(), window.actions_of_training
    path.unlink()
    click_action(qtbot, window, actions.train)
    sentence = f"table.csv is not there: expected it at {path}."
    qtbot.waitUntil(lambda: window.ready() and sentence in window.notices.said("data"), timeout=30_000)
    assert [label.text() for label in window.findChildren(QLabel) if label.isVisible()].count(sentence) == 1
    assert window.status.message.text() == "The data can't be read"
    assert "its data can't be looked at" in " ".join(label.text() for label in window.findings.findChildren(QLabel))
    assert actions.train.isEnabled()
    assert not actions.stop.isEnabled()
    path.write_text(content)
    click_action(qtbot, window, actions.train)
    wait_for_end(qtbot, window, 2 * 4)
    assert window.status.message.text() == "Training finished · 8 steps"
    assert window.notices.said("data") == ""
    assert "can't be looked at" not in " ".join(label.text() for label in window.findings.findChildren(QLabel))
