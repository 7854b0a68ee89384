"""FindingsView: what the Doctor found, worst first; notes, of which a healthy network may have some, are folded."""

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from biasstudio.doctor.finding import Finding, Severity
from biasstudio.gui.finding_entry import FindingEntry, breakable, text_label
from biasstudio.gui.tab_order import order_tabs, tab_stops

NOTHING_FOUND = "Nothing found: no known fault shows in this network's biases."
NO_FAULT = "No fault found."
NOT_BUILT = "Findings appear once the network is built."
_COUNTED = {
    Severity.ERROR: ("error", "errors"),
    Severity.WARNING: ("warning", "warnings"),
    Severity.NOTE: ("note", "notes"),
}
_Key = tuple[str, str, str, int]


class FindingsView(QFrame):
    """A card with one entry a finding. Each signal gives the finding of the entry whose button was clicked."""

    fixAsked = Signal(Finding)
    showAsked = Signal(Finding)
    sourceAsked = Signal(Finding)
    proveAsked = Signal(Finding)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("findingsView")
        self.setProperty("card", True)
        self.setAccessibleName("Findings of the Doctor")
        self.findings: tuple[Finding, ...] = ()
        self._entries: dict[_Key, FindingEntry] = {}
        self._reasons = ("", "")
        self._count = QLabel()
        self._count.setProperty("role", "muted")
        self._sentence, self._remark = text_label("", "muted"), text_label("", "muted")
        self.fold = QToolButton()
        self._faults, self._notes = _column(), _column()
        self._set_up_fold()
        self._lay_out()
        self.show_findings((), NOT_BUILT)

    def _set_up_fold(self) -> None:
        self.fold.setObjectName("findingsNotes")
        self.fold.setProperty("role", "quiet")
        self.fold.setCheckable(True)
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.setToolTip("Good to know, and no fault: healthy networks have such notes too")
        self.fold.toggled.connect(self._show_fold)
        self._show_fold()

    def _show_fold(self) -> None:
        opened = self.fold.isChecked()
        self.fold.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)
        self._notes.setVisible(opened)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        title = QLabel("Doctor")
        title.setProperty("role", "title")
        head.addWidget(title)
        head.addStretch()
        head.addWidget(self._count)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self._sentence, self._faults, self.fold, self._notes, self._remark):
            column.addWidget(widget)
        column.addStretch()
        self.entries = QScrollArea()
        self.entries.setWidgetResizable(True)
        self.entries.setFrameShape(QFrame.Shape.NoFrame)
        self.entries.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.entries.setWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 12)
        layout.addLayout(head)
        layout.addWidget(self.entries)

    def show_findings(self, findings: Sequence[Finding], otherwise: str = NOTHING_FOUND, remark: str = "") -> None:
        """Show these in place of those before; the sentence `otherwise` where there are none, `remark` below all.

        An entry of the same rule and place stays, and only what reads otherwise in it changes.
        """
        self.findings = tuple(findings)
        keyed = _keyed(sorted(findings, key=lambda finding: (finding.severity, bool(finding.follows))))
        for key in [key for key in self._entries if key not in keyed]:
            _remove(self._entries.pop(key))
        faults = {key: finding for key, finding in keyed.items() if finding.severity is not Severity.NOTE}
        notes = {key: finding for key, finding in keyed.items() if finding.severity is Severity.NOTE}
        self._fill(self._faults, faults)
        self._fill(self._notes, notes)
        self._faults.setVisible(bool(faults))
        self.fold.setVisible(bool(notes))
        self.fold.setText(_counted(Severity.NOTE, len(notes)))
        self._notes.setVisible(bool(notes) and self.fold.isChecked())
        _say(self._sentence, "" if faults else NO_FAULT if notes and otherwise == NOTHING_FOUND else otherwise)
        _say(self._remark, breakable(remark))
        order_tabs(tab_stops(self.entries))
        counts = Counter(finding.severity for finding in findings)
        self._count.setText(" · ".join(_counted(each, counts[each]) for each in Severity if counts[each]))

    def _fill(self, column: QWidget, keyed: dict[_Key, Finding]) -> None:
        layout = column.layout()
        for place, (key, finding) in enumerate(keyed.items()):
            entry = self._entries.get(key) or self._new_entry(key, finding)
            entry.show_finding(
                finding, next((each.message for each in self.findings if each.id == finding.follows), "")
            )
            if isinstance(layout, QVBoxLayout) and layout.indexOf(entry) != place:
                layout.insertWidget(place, entry)

    def _new_entry(self, key: _Key, finding: Finding) -> FindingEntry:
        entry = self._entries[key] = FindingEntry(finding)
        entry.offer(*self._reasons)
        for name in ("fixAsked", "showAsked", "sourceAsked", "proveAsked"):
            getattr(entry, name).connect(getattr(self, name))
        return entry

    def offer_fixes(self, why_no_fix: str, why_no_proof: str) -> None:
        """Sentences that say why nothing can be fixed, or proved, for now; empty ones where it can."""
        if self._reasons != (why_no_fix, why_no_proof):
            self._reasons = why_no_fix, why_no_proof
            for entry in self._entries.values():
                entry.offer(*self._reasons)


def _keyed(findings: Sequence[Finding]) -> dict[_Key, Finding]:
    """Each finding by its rule and place, and a number among those of the same."""
    seen: Counter[tuple[str, str, str]] = Counter()
    keyed = {}
    for finding in findings:
        place = finding.id, finding.where, finding.vector
        keyed[*place, seen[place]] = finding
        seen[place] += 1
    return keyed


def _column() -> QWidget:
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    return column


def _remove(entry: FindingEntry) -> None:
    # Hidden at once: a widget that waits for its deletion would still be painted.
    entry.hide()
    parent = entry.parentWidget()
    layout = parent.layout() if parent is not None else None
    if layout is not None:
        layout.removeWidget(entry)
    entry.deleteLater()


def _say(label: QLabel, text: str) -> None:
    if label.text() != text:
        label.setText(text)
    label.setVisible(bool(text))


def _counted(severity: Severity, count: int) -> str:
    return f"{count} {_COUNTED[severity][count != 1]}"
