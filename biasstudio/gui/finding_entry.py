"""FindingEntry: one finding of the Doctor: what is wrong and where, what to do, the evidence, why it matters."""

import re

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from biasstudio.doctor.finding import Finding
from biasstudio.gui.locking import lock_control

# A word that is longer than this may be broken where a name has its parts, to fit into a narrow side.
_LONG_WORD = re.compile(r"\S{22,}")


class FindingEntry(QFrame):
    """Shows one finding, and takes a newer one of the same kind and place without being made anew."""

    fixAsked = Signal(Finding)
    showAsked = Signal(Finding)
    sourceAsked = Signal(Finding)
    proveAsked = Signal(Finding)

    def __init__(self, finding: Finding, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.finding = finding
        self.setProperty("finding", finding.severity.name.lower())
        self._head = text_label("", finding.severity.name.lower())
        self._message, self._evidence = text_label("", "title"), text_label("", "muted")
        self._why, self._cause, self._fix = (text_label("", role) for role in ("muted", "muted", "fix"))
        self._texts = (self._head, self._message, self._evidence, self._why, self._cause, self._fix)
        self.fix = self._button("Fix", "findingFix", self.fixAsked)
        self.prove = self._button("Prove it", "findingProve", self.proveAsked)
        self.show_place = self._button("Show", "findingShow", self.showAsked)
        self.source = self._button("Source", "findingSource", self.sourceAsked)
        self.fix.setProperty("role", "")
        self._lay_out()
        self.show_finding(finding)

    def _button(self, text: str, name: str, asked: SignalInstance) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setProperty("role", "quiet")
        button.clicked.connect(lambda _checked: asked.emit(self.finding))
        return button

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, 2, 0, 0)
        buttons.setSpacing(2)
        for button in (self.fix, self.prove, self.show_place, self.source):
            buttons.addWidget(button)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(4)
        # What is wrong and what to do come first, so that the buttons are in sight however much there is to say of it.
        for text in (self._head, self._message, self._fix):
            layout.addWidget(text)
        layout.addLayout(buttons)
        for text in (self._evidence, self._why, self._cause):
            layout.addWidget(text)

    def show_finding(self, finding: Finding, cause: str = "") -> None:
        """Show a finding; `cause` is the message of the one that it follows from.

        What reads the same is left alone, with what of it is selected.
        """
        self.finding = finding
        kind = finding.severity.name.lower()
        if self.property("finding") != kind:
            for widget, name in ((self, "finding"), (self._head, "role")):
                widget.setProperty(name, kind)
                widget.style().polish(widget)
        step = f"step {finding.step:,}" if finding.step is not None else ""
        head = " · ".join(part for part in (finding.severity.name, finding.place, step) if part)
        follows = f"It follows from another finding: {cause}" if cause else ""
        texts = (head, finding.message, finding.evidence, finding.why, follows, finding.fix)
        for label, text in zip(self._texts, texts, strict=True):
            shown = breakable(text)
            if label.text() != shown:
                label.setText(shown)
            label.setVisible(bool(text))
        self._describe_buttons(finding)

    def _describe_buttons(self, finding: Finding) -> None:
        remedy = finding.remedy.text if finding.remedy is not None else ""
        where = " · ".join(
            part for part in (finding.place or "the network", "its step" if finding.step else "") if part
        )
        tips = {
            self.fix: f"{remedy}. It can be undone.",
            self.prove: f"{remedy} in a twin: the same experiment and seed with and without it, laid over each other",
            self.show_place: f"Show {where} in the panels",
            self.source: f"Open {finding.source} in the browser",
        }
        for button, tip in tips.items():
            button.setAccessibleName(f"{button.text()}: {finding.message}")
            if button.isEnabled() and button.toolTip() != tip:
                button.setToolTip(tip)
        for button in (self.fix, self.prove):
            button.setVisible(bool(remedy))
        self.source.setVisible(bool(finding.source))
        self.show_place.setVisible(bool(finding.place) or finding.step is not None)

    def offer(self, why_no_fix: str, why_no_proof: str) -> None:
        """Sentences that say why a fix can't be made, or proved, for now; empty ones where it can."""
        for button, reason in ((self.fix, why_no_fix), (self.prove, why_no_proof)):
            lock_control(button, reason)


def text_label(text: str, role: str) -> QLabel:
    """A text that wraps, and that can be selected."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setCursor(Qt.CursorShape.ArrowCursor)
    return label


def breakable(text: str) -> str:
    """The text with places at which a long name may go on in the next line."""
    return _LONG_WORD.sub(lambda word: re.sub(r"([/_.])", "\\1\u200b", word.group()), text)
