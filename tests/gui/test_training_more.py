"""The card for what is seldom set: shuffling, and the settings of optimizer and loss."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPushButton, QToolButton

from biasstudio.gui.document import Document
from biasstudio.gui.settings_bar import LOCK_REASON, SettingsBar
from biasstudio.spec.losses import LOSS_TYPES
from biasstudio.spec.optimizers import OPTIMIZER_TYPES
from tests.experiments import moons
from tests.gui.stack_editor.driving import click, sentences, type_over

# Without a display a card that opens can neither be raised nor grab the keyboard, and Qt says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def document():
    return Document(moons())


@pytest.fixture
def bar(qtbot, document):
    bar = SettingsBar(document)
    qtbot.addWidget(bar)
    bar.resize(1440, 40)
    bar.show()
    qtbot.waitExposed(bar)
    yield bar
    more(bar).card.close()


def more(bar):
    return bar.findChild(QToolButton, "trainingMore")


def opened(bar):
    click(more(bar))
    assert more(bar).card.isVisible()
    return more(bar).card


def line(card, name):
    # Those of the optimizer before may still wait for their deletion.
    return next(found for found in card.findChildren(QLineEdit, f"argument_{name}") if found.isVisible())


def switch(card, name):
    return card.findChild(QAbstractButton, f"argument_{name}")


def labels(card):
    return [label.text() for label in card.findChildren(QLabel) if label.isVisible()]


def settings_of(document):
    training = document.experiment.training
    return training.shuffle, dict(training.optimizer_settings), dict(training.loss_settings)


def test_each_setting_is_an_undoable_edit(bar, document):
    start = document.experiment
    assert more(bar).text() == "More"
    card = opened(bar)
    type_over(line(card, "beta_1"), "0.8")
    assert settings_of(document) == (True, {"beta_1": 0.8}, {})
    click(switch(card, "amsgrad"))
    type_over(line(card, "clipnorm"), "2")
    type_over(line(card, "label_smoothing"), "0.1")
    click(switch(card, "shuffle"))
    assert settings_of(document) == (
        False,
        {"beta_1": 0.8, "amsgrad": True, "clipnorm": 2.0},
        {"label_smoothing": 0.1},
    )
    assert more(bar).text() == "More · 5"
    assert "label_smoothing" in more(bar).accessibleName()
    assert document.undo_stack.count() == 5
    # In the card as in the window.
    QTest.keyClick(line(card, "beta_1"), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert settings_of(document)[0]
    click(card.findChild(QPushButton, "trainingReset"))
    assert settings_of(document) == (True, {}, {})
    assert line(card, "clipnorm").text() == ""
    assert more(bar).text() == "More"
    assert not card.findChild(QPushButton, "trainingReset").isEnabled()
    while document.undo_stack.canUndo():
        document.undo_stack.undo()
    assert document.experiment == start
    assert line(card, "beta_1").text() == "0.9"


@pytest.mark.parametrize("optimizer", OPTIMIZER_TYPES)
def test_the_fields_are_those_of_the_optimizer_with_their_values(bar, document, optimizer):
    loss = "huber" if optimizer == "SGD" else "mean_squared_error"
    document.edit("x", lambda experiment: experiment.change_training(optimizer=optimizer, loss=loss))
    card = opened(bar)
    expected = [argument.name for argument in OPTIMIZER_TYPES[optimizer].settings]
    expected += [argument.name for argument in LOSS_TYPES[loss].settings]
    assert [text for text in labels(card) if text in expected] == expected
    assert f"Optimizer · {optimizer}" in labels(card)
    assert f"Loss · {LOSS_TYPES[loss].title}" in labels(card)
    assert ("has no settings" in labels(card)) == (loss == "mean_squared_error")
    for argument in OPTIMIZER_TYPES[optimizer].settings:
        if argument.kind == "number":
            shown = line(card, argument.name)
            value = shown.placeholderText() if argument.default is None else float(shown.text())
            assert value == ("none" if argument.default is None else argument.default)


def test_typing_in_one_go_is_undone_in_one(qtbot, bar, document):
    card = opened(bar)
    target = line(card, "beta_2")
    target.setFocus()
    target.selectAll()
    for text, value in (("0.5", 0.5), ("5", 0.55)):
        QTest.keyClicks(target, text)
        qtbot.waitUntil(lambda value=value: document.experiment.training.setting("beta_2") == value)
    assert document.undo_stack.count() == 1


def test_what_cannot_be_is_said_where_it_is_and_given_up_on_closing(bar, document):
    card = opened(bar)
    type_over(line(card, "clipnorm"), "1")
    type_over(line(card, "clipvalue"), "2")
    (sentence,) = sentences(card)
    assert "one of clipnorm, clipvalue, global_clipnorm" in sentence
    type_over(line(card, "epsilon"), "-1")
    assert len(sentences(card)) == 2
    assert settings_of(document)[1] == {"clipnorm": 1.0}
    QTest.keyClick(card, Qt.Key.Key_Escape)
    assert not card.isVisible()
    card = opened(bar)
    assert sentences(card) == []
    assert (line(card, "clipvalue").text(), line(card, "epsilon").text()) == ("", "1e-7")


def test_what_is_half_typed_counts_when_the_card_closes(bar, document):
    card = opened(bar)
    target = line(card, "epsilon")
    target.setFocus()
    target.selectAll()
    QTest.keyClicks(target, "0.01")
    card.close()
    assert settings_of(document)[1] == {"epsilon": 0.01}


def test_the_keys_reach_everything(bar):
    more(bar).setFocus()
    QTest.keyClick(more(bar), Qt.Key.Key_Space)
    card = more(bar).card
    stops = []
    for _ in range(30):
        focused = QApplication.focusWidget() or card.focusWidget()
        if focused in stops:
            break
        stops.append(focused)
        assert focused.accessibleName() or focused.text()
        card.focusNextChild()
    names = [stop.objectName().removeprefix("argument_") for stop in stops]
    settings = [argument.name for argument in OPTIMIZER_TYPES["Adam"].settings]
    assert names == ["shuffle", *settings, "from_logits", "label_smoothing"]
    type_over(line(card, "beta_1"), "0.5")
    line(card, "label_smoothing").setFocus()
    card.focusNextChild()
    assert card.focusWidget().objectName() == "trainingReset"


def test_locked_while_training(bar, document):
    bar.set_locked(True)
    click(more(bar))
    assert not more(bar).card.isVisible()
    assert more(bar).toolTip() == LOCK_REASON
    bar.set_locked(False)
    type_over(line(opened(bar), "beta_1"), "0.5")
    assert settings_of(document)[1] == {"beta_1": 0.5}
    assert more(bar).card.findChild(QPushButton, "trainingReset").isEnabled()


def test_what_was_set_is_what_keras_trains_with(qtbot, open_window):
    window = open_window(moons())
    card = opened(window.settings_bar)
    type_over(line(card, "beta_1"), "0.5")
    card.close()
    assert window.wait_ready(60_000)
    first = window.view.history
    window.actions_of_training.train.trigger()
    qtbot.waitUntil(lambda: window.view.history.last_step == 58, timeout=60_000)
    assert window.wait_ready(60_000)
    changed = first.values("dense/bias", 58)
    window.undo.trigger()
    assert window.wait_ready(60_000)
    assert window.document.experiment == moons()
    window.actions_of_training.train.trigger()
    qtbot.waitUntil(lambda: window.view.history.last_step == 58, timeout=60_000)
    assert window.wait_ready(60_000)
    assert (window.view.history.values("dense/bias", 58) != changed).any()
