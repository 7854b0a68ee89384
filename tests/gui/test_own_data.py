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
    qtbot.waitUntil(lambda: window.ready() and window.status.message.text() == sentence, timeout=30_000)
    assert sentence in [label.text() for label in window.findings.findChildren(QLabel)]
    assert actions.train.isEnabled()
    assert not actions.stop.isEnabled()
    path.write_text(content)
    click_action(qtbot, window, actions.train)
    wait_for_end(qtbot, window, 2 * 4)
    assert sentence not in window.status.message.text()
    assert sentence not in [label.text() for label in window.findings.findChildren(QLabel)]
