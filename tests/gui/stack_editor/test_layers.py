"""Layers are added, moved, duplicated, removed and chosen by mouse and keys."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QPushButton, QWidget

from biasstudio.spec.layers import layer_types
from tests.gui.stack_editor.driving import card, cards, choose, click, drag, field, names, toggle

# Without a display a list that opens can neither be raised nor grab the keyboard, and Qt says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

_START = ["conv2d", "flatten", "dense", "dense_1"]


def _names_shown(editor):
    return [found.name for found in cards(editor)]


def _key(editor, name, key, modifier=Qt.KeyboardModifier.NoModifier):
    focused = choose(editor, name)
    assert focused.hasFocus()
    QTest.keyClick(focused, key, modifier)


def test_a_click_chooses_and_expands(qtbot, editor):
    with qtbot.waitSignal(editor.layerChosen) as signal:
        choose(editor, "dense")
    assert signal.args == ["dense"]
    assert field(card(editor, "dense"), "units").isVisible()
    choose(editor, "conv2d")
    assert not field(card(editor, "dense"), "units").isVisible()


def test_choosing_by_name_is_silent(qtbot, editor):
    with qtbot.assertNotEmitted(editor.layerChosen):
        editor.choose_layer("dense")
        editor.choose_layer("no such layer")
    assert editor.chosen_layer == "dense"


def test_arrow_keys_walk_from_card_to_card(editor):
    _key(editor, "conv2d", Qt.Key.Key_Down)
    assert editor.chosen_layer == "flatten"
    QTest.keyClick(card(editor, "flatten"), Qt.Key.Key_Up)
    assert editor.chosen_layer == "conv2d"
    QTest.keyClick(card(editor, "conv2d"), Qt.Key.Key_Up)
    assert editor.chosen_layer == "conv2d"


def test_alt_and_arrows_move_a_layer(qtbot, editor, document):
    _key(editor, "dense", Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert names(document) == ["conv2d", "dense", "flatten", "dense_1"]
    qtbot.waitUntil(lambda: _names_shown(editor) == names(document))
    assert card(editor, "dense").hasFocus()
    QTest.keyClick(card(editor, "dense"), Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert names(document) == _START


def test_a_layer_at_the_end_moves_no_further(editor, document):
    _key(editor, "dense_1", Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    _key(editor, "conv2d", Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert document.undo_stack.count() == 0


@pytest.mark.parametrize(
    ("name", "target", "below", "expected"),
    [
        ("dense_1", "conv2d", False, ["dense_1", "conv2d", "flatten", "dense"]),
        ("conv2d", "dense", True, ["flatten", "dense", "conv2d", "dense_1"]),
        ("conv2d", "dense_1", True, ["flatten", "dense", "dense_1", "conv2d"]),
        ("flatten", "flatten", True, _START),
    ],
)
def test_drag_puts_a_layer_elsewhere(qtbot, editor, document, name, target, below, expected):
    place = card(editor, target)
    drag(editor, name, place.mapTo(editor, QPoint(20, place.height() - 2 if below else 2)))
    assert names(document) == expected
    qtbot.waitUntil(lambda: _names_shown(editor) == expected)
    assert not editor.findChild(QFrame, "dropIndicator").isVisible()


def test_escape_ends_a_drag_without_a_move(editor, document):
    choose(editor, "dense")
    head = card(editor, "dense").head
    QTest.mousePress(head, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    QTest.mouseMove(head, QPoint(5, -300))
    assert editor.findChild(QFrame, "dropIndicator").isVisible()
    QTest.keyClick(card(editor, "dense"), Qt.Key.Key_Escape)
    QTest.mouseRelease(head, Qt.MouseButton.LeftButton, pos=QPoint(5, -300))
    assert names(document) == _START
    assert not editor.findChild(QFrame, "dropIndicator").isVisible()


def test_duplicate(editor, document):
    _key(editor, "dense", Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert names(document) == ["conv2d", "flatten", "dense", "dense_2", "dense_1"]
    assert _names_shown(editor) == names(document)
    assert document.stack.layer("dense_2").get("units") == 10


def test_remove_chooses_the_neighbour(qtbot, editor, document):
    _key(editor, "flatten", Qt.Key.Key_Delete)
    assert names(document) == ["conv2d", "dense", "dense_1"]
    assert editor.chosen_layer == "dense"
    document.undo_stack.undo()
    qtbot.waitUntil(lambda: _names_shown(editor) == _START)


def test_delete_in_a_field_deletes_text(editor, document):
    units = field(choose(editor, "dense"), "units")
    units.setFocus()
    units.setCursorPosition(0)
    QTest.keyClick(units, Qt.Key.Key_Delete)
    assert units.text() == "0"
    assert names(document) == _START
    QTest.keyClick(units, Qt.Key.Key_Escape)


def test_removing_while_typing_takes_the_text_along(editor, document):
    units = field(choose(editor, "dense"), "units")
    units.setFocus()
    QTest.keyClicks(units, "5")
    document.edit_stack("Remove", lambda stack: stack.remove("dense"))
    assert names(document) == ["conv2d", "flatten", "dense_1"]


def test_menu_offers_all_of_it(editor, document):
    texts = [action.text() for action in card(editor, "dense").actions()]
    assert texts == ["Duplicate", "Move up", "Move down", "Remove"]
    card(editor, "dense").actions()[3].trigger()
    assert names(document) == ["conv2d", "flatten", "dense_1"]


def _open(editor):
    click(editor.findChild(QPushButton, "addLayerButton"))
    return editor.findChild(QWidget, "addLayerPopup")


def test_typing_finds_a_layer_and_enter_adds_it_below_the_chosen(editor, document):
    choose(editor, "flatten")
    popup = _open(editor)
    line = popup.findChild(QLineEdit, "layerFilter")
    QTest.keyClicks(line, "drop")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert names(document) == ["conv2d", "flatten", "dropout", "dense", "dense_1"]
    assert editor.chosen_layer == "dropout"
    assert not popup.isVisible()
    assert document.undo_stack.undoText() == "Add Dropout"


def test_without_a_choice_a_layer_is_added_at_the_end(editor, document):
    line = _open(editor).findChild(QLineEdit, "layerFilter")
    QTest.keyClicks(line, "dense")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert names(document) == [*_START, "dense_2"]


def test_a_click_in_the_catalogue_adds(editor, document):
    popup = _open(editor)
    catalogue = popup.findChild(QListWidget)
    QTest.keyClicks(popup.findChild(QLineEdit), "flatten")
    item = catalogue.currentItem()
    QTest.mouseClick(catalogue.viewport(), Qt.MouseButton.LeftButton, pos=catalogue.visualItemRect(item).center())
    assert names(document) == [*_START, "flatten_1"]


def test_escape_and_no_match_add_nothing(editor, document):
    popup = _open(editor)
    line = popup.findChild(QLineEdit)
    QTest.keyClicks(line, "no such layer")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert popup.isVisible()
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert not popup.isVisible()
    assert names(document) == _START


def test_arrow_keys_walk_through_the_catalogue(editor, document):
    line = _open(editor).findChild(QLineEdit)
    QTest.keyClicks(line, "pooling")
    QTest.keyClick(line, Qt.Key.Key_Down)
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert "Pooling" in document.stack.layers[-1].class_name
    assert document.stack.layers[-1].class_name != "MaxPooling2D"


def _shown_rows(catalogue):
    items = [catalogue.item(row) for row in range(catalogue.count())]
    return [item for item in items if not item.isHidden()]


def test_categories_are_headings_that_keys_pass_over_and_typing_takes_away(editor):
    popup = _open(editor)
    catalogue, line = popup.findChild(QListWidget), popup.findChild(QLineEdit)
    expected = []
    for category in dict.fromkeys(layer_type.category for layer_type in layer_types().values()):
        expected.append(category)
        expected += [layer_type.name for layer_type in layer_types().values() if layer_type.category == category]
    assert [item.text().split(" · ")[0] for item in _shown_rows(catalogue)] == expected
    chosen = [catalogue.currentItem().text()]
    for _ in layer_types():
        QTest.keyClick(line, Qt.Key.Key_Down)
        if catalogue.currentItem().text() != chosen[-1]:
            chosen.append(catalogue.currentItem().text())
    assert chosen == [f"{layer_type.name} · {layer_type.category}" for layer_type in layer_types().values()]
    catalogue.scrollToTop()
    place = catalogue.visualItemRect(catalogue.item(0)).center()
    QTest.mouseClick(catalogue.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert popup.isVisible()
    QTest.keyClicks(line, "pooling1d")
    found = [item.text().split(" · ")[0] for item in _shown_rows(catalogue)]
    assert len(found) == 6
    assert all("Pooling1D" in name for name in found)
    QTest.keyClick(line, Qt.Key.Key_Escape)


def test_an_empty_stack_invites_to_add(editor, document):
    for name in _START:
        document.edit_stack("Remove", lambda stack, name=name: stack.remove(name))
    assert editor.findChild(QWidget, "emptyStack").isVisible()
    click(editor.findChild(QPushButton, "addFirstLayerButton"))
    popup = editor.findChild(QWidget, "addLayerPopup")
    QTest.keyClick(popup.findChild(QLineEdit), Qt.Key.Key_Return)
    assert len(document.stack.layers) == 1
    assert not editor.findChild(QWidget, "emptyStack").isVisible()


def test_another_document_in_place(editor, document):
    choose(editor, "conv2d")
    stack = document.stack.remove("conv2d").remove("flatten")
    document.replace(type(document.experiment)(stack, document.experiment.data, document.experiment.training), None)
    assert _names_shown(editor) == ["dense", "dense_1"]


def test_tab_goes_from_top_to_bottom(editor):
    choose(editor, "dense")
    seen = []
    stop = editor.findChild(QPushButton, "addLayerButton")
    for _ in range(200):
        stop = stop.nextInFocusChain()
        if stop.objectName() == "addLayerButton":
            break
        if stop.isVisible() and stop.focusPolicy() & Qt.FocusPolicy.TabFocus:
            seen.append(stop.mapTo(editor, QPoint(0, 0)).y())
    assert len(seen) > 15
    # Controls of one row differ by a few pixels in height.
    assert all(after > before - 16 for before, after in pairwise(seen))


def test_locked_allows_choosing_only(editor, document):
    editor.set_locked(True)
    dense = choose(editor, "dense")
    assert editor.chosen_layer == "dense"
    for control in (toggle(dense), field(dense, "units"), editor.findChild(QPushButton, "addLayerButton")):
        assert not control.isEnabled()
        assert control.toolTip() == "Stop the training to change the stack"
    click(toggle(dense))
    QTest.keyClick(dense, Qt.Key.Key_Delete)
    QTest.keyClick(dense, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    drag(editor, "dense_1", QPoint(20, 60))
    assert document.undo_stack.count() == 0
    editor.set_locked(False)
    assert toggle(dense).toolTip().startswith("use_bias")
    click(toggle(dense))
    assert not document.stack.layer("dense").has_bias
