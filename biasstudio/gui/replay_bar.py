"""ReplayBar: plays a history step by step, at a chosen speed, in all panels of a view state."""

import time

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from biasstudio.gui.choice_box import ChoiceBox
from biasstudio.gui.icons import action_icon
from biasstudio.gui.theme import theme
from biasstudio.gui.view_state import ViewState

_TICK_MS = 34
_WHOLE_RUN_SECONDS = 10.0
_SPEEDS = (1, 5, 20, 100, 500)
_USUAL_SPEED = 20
_TIPS = {
    "start": ("Go to the start", "Go to step 0, before training", "Home"),
    "back": ("One step back", "Go one step back", ","),
    "play": ("Play", "Play the steps, in all panels", "Space"),
    "forward": ("One step forward", "Go one step forward", "."),
    "end": ("Go to the newest step", "Go to the newest step, and follow it", "End"),
    "loop": ("Repeat", "Begin again at the end", "L"),
}
_KEYS = {
    Qt.Key.Key_Home: "start",
    Qt.Key.Key_Comma: "back",
    Qt.Key.Key_Space: "play",
    Qt.Key.Key_Period: "forward",
    Qt.Key.Key_End: "end",
    Qt.Key.Key_L: "loop",
}


class ReplayBar(QWidget):
    """One row of buttons. Playing moves the state's cursor; where the cursor is moved by hand, it goes on from there.

    While a mouse button is held down it waits: whoever drags the cursor looks at one place. At the end it stops and
    follows, so that a training that goes on is followed.
    """

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("replayBar")
        self.setAccessibleName("Replay")
        self._state = state
        self._position, self._ticked, self._moving = 0.0, 0.0, False
        self._timer = QTimer(self, interval=_TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._buttons = {name: self._button(name) for name in _TIPS}
        self._buttons["loop"].setCheckable(True)
        self.speed = self._speed_choice()
        self._lay_out()
        for name, call in (
            ("start", lambda: self._go_to(0)),
            ("back", self._step_back),
            ("play", self.toggle),
            ("forward", self._step_forward),
            ("end", self._go_to_end),
        ):
            self._buttons[name].clicked.connect(lambda _checked=False, call=call: call())
        state.historyChanged.connect(self._follow_history)
        state.cursorChanged.connect(self._follow_cursor)
        theme().changed.connect(self._show_icons)
        self._show_icons()
        self.refresh()

    def _button(self, name: str) -> QToolButton:
        text, tip, key = _TIPS[name]
        button = QToolButton()
        button.setObjectName(f"replay{name.capitalize()}")
        button.setAccessibleName(text)
        button.setToolTip(f"{tip} ({key})")
        button.setIconSize(QSize(14, 14))
        return button

    def _speed_choice(self) -> ChoiceBox:
        box = ChoiceBox()
        box.setObjectName("replaySpeed")
        box.setAccessibleName("Speed of the replay")
        box.setToolTip("How many steps are played a second")
        for speed in _SPEEDS:
            box.addItem(f"{speed} step{'s' if speed > 1 else ''}/s", float(speed))
        box.addItem(f"all in {_WHOLE_RUN_SECONDS:.0f} s", 0.0)
        box.setCurrentIndex(_SPEEDS.index(_USUAL_SPEED))
        box.set_width_for_widest()
        return box

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for name in ("start", "back", "play", "forward", "end"):
            layout.addWidget(self._buttons[name])
        layout.addSpacing(4)
        self._label = QLabel("Speed")
        self._label.setProperty("role", "muted")
        layout.addWidget(self._label)
        layout.addWidget(self.speed)
        layout.addWidget(self._buttons["loop"])
        layout.addStretch(1)

    @property
    def playing(self) -> bool:
        return self._timer.isActive()

    @property
    def steps_per_second(self) -> float:
        """The chosen speed, of the present history."""
        chosen = float(self.speed.currentData())
        return chosen or max(1.0, self._last_step() / _WHOLE_RUN_SECONDS)

    def listen_to(self, widget: QWidget) -> None:
        """Take the keys that nothing with the focus in `widget` wants, such as the space bar to play."""
        widget.installEventFilter(self)

    def toggle(self) -> None:
        """Play, or pause. From the end it plays from the start."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def play(self) -> None:
        last = self._last_step()
        if last < 1:
            return
        if self._state.step >= last:
            self._show(0)
        self._position, self._ticked = float(self._state.step), time.monotonic()
        self._timer.start()
        self._show_icons()

    def pause(self) -> None:
        self._timer.stop()
        self._show_icons()

    def refresh(self) -> None:
        """Enable what there are steps for: call it when there are others than before."""
        for widget in (*self._buttons.values(), self.speed):
            widget.setEnabled(self._last_step() > 0)

    def _tick(self) -> None:
        now = time.monotonic()
        elapsed, self._ticked = now - self._ticked, now
        if QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            return
        self._position += elapsed * self.steps_per_second
        if self._position < self._last_step():
            self._show(int(self._position))
        elif self._buttons["loop"].isChecked():
            self._position = 0.0
            self._show(0)
        else:
            self._go_to_end()

    def _last_step(self) -> int:
        return self._state.history.last_step if self._state.history is not None else -1

    def _show(self, step: int) -> None:
        self._moving = True
        try:
            self._state.show_step(step)
        finally:
            self._moving = False

    def _go_to(self, step: int) -> None:
        if self._state.history is not None:
            self._state.show_step(max(0, step))

    def _go_to_end(self) -> None:
        self.pause()
        self._state.follow()

    def _step_back(self) -> None:
        self.pause()
        self._go_to(self._state.step - 1)

    def _step_forward(self) -> None:
        self.pause()
        history, step, distance = self._state.history, self._state.step, 1
        if history is None:
            return
        # Of a long run not every step is held.
        while step + distance < history.last_step and history.nearest_step(step + distance) <= step:
            distance *= 2
        if step + distance >= history.last_step:
            self._state.follow()
        else:
            self._go_to(history.nearest_step(step + distance))

    def _follow_cursor(self) -> None:
        if self.playing and not self._moving:
            self._position, self._ticked = float(self._state.step), time.monotonic()
            if self._state.following:
                self.pause()

    def _follow_history(self) -> None:
        self.pause()
        self.refresh()

    def _show_icons(self) -> None:
        for name, button in self._buttons.items():
            button.setIcon(action_icon(("pause" if self.playing else "train") if name == "play" else f"replay-{name}"))
        play = self._buttons["play"]
        play.setAccessibleName("Pause" if self.playing else "Play")
        play.setToolTip("Pause (Space)" if self.playing else "Play the steps, in all panels (Space)")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self._press(event):
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._press(event):
            super().keyPressEvent(event)

    def _press(self, event: QKeyEvent) -> bool:
        name = _KEYS.get(Qt.Key(event.key()))
        if name is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if not self._buttons[name].isEnabled():
            return False
        self._buttons[name].click()
        return True

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.pause()
