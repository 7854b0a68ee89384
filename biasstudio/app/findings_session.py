"""FindingsSession: the findings on what the panels show; what is done about them, and how that is proved."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from biasstudio.app.job_session import JobSession
from biasstudio.app.run_session import RunSession
from biasstudio.doctor.finding import Finding
from biasstudio.doctor.remedy import Remedy
from biasstudio.gui.document import Document
from biasstudio.gui.findings_view import NOT_BUILT, NOTHING_FOUND
from biasstudio.gui.main_window import MainWindow
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import Experiment

_TRAINING = "Stop the training first: a network can't be changed while it trains."
_RECORDED = "This run is recorded as it was: open its experiment to change it."
_OF_SCRIPT = "A script trained this network: change it there."
_NO_FIT = "This fix doesn't fit any more"


@dataclass(frozen=True)
class _Fixed:
    """A fix that was made, in a few words; the experiment before and after it."""

    words: str
    before: Experiment
    after: Experiment


class FindingsSession(QObject):
    """Lives in the GUI thread. The findings themselves come from the threads of the worker and of the runs."""

    def __init__(self, document: Document, window: MainWindow, runs: RunSession, jobs: JobSession) -> None:
        super().__init__(window)
        self._document, self._window, self._runs, self._jobs = document, window, runs, jobs
        self._live: tuple[tuple[Finding, ...], str] = ((), NOT_BUILT)
        self._running = False
        self._fixed: _Fixed | None = None
        view = window.findings
        view.showAsked.connect(self._show_place)
        view.sourceAsked.connect(lambda finding: QDesktopServices.openUrl(QUrl(finding.source)))
        view.fixAsked.connect(self._fix)
        view.proveAsked.connect(self._prove)
        runs.shownChanged.connect(self._show)
        document.changed.connect(self._follow_document)

    def take(self, findings: Sequence[Finding], otherwise: str = "") -> None:
        """The findings on the window's own network; `otherwise` says why there are none, where it isn't healthy."""
        self._live = tuple(findings), otherwise or NOTHING_FOUND
        self._show()

    def set_running(self, running: bool) -> None:
        """Whether something trains: nothing can be changed meanwhile."""
        self._running = running
        if running:
            self._forget_fix()
        self._offer()

    def _show(self) -> None:
        """A run is judged as a whole, whichever of its steps is looked at."""
        view, run = self._window.findings, self._runs.replayed
        if self._runs.looked_at:
            view.show_findings((), self._runs.looked_at)
        elif run is not None:
            otherwise = "Nothing found in this run." if not run.unjudged else "Nothing found."
            view.show_findings(run.findings, otherwise, run.unjudged)
        else:
            view.show_findings(*self._live)
        self._offer()

    def _offer(self) -> None:
        experiment = self._runs.shown_experiment
        if experiment is None:
            self._window.findings.offer_fixes(_OF_SCRIPT, _OF_SCRIPT)
            return
        other = self._runs.replaying and experiment != self._document.experiment
        self._window.findings.offer_fixes(_TRAINING if self._running else _RECORDED if other else "", "")

    def _show_place(self, finding: Finding) -> None:
        """Go to the layer, the panel, the vector, the unit and the step that show it."""
        window, view = self._window, self._window.view
        if finding.where:
            window.panels.reveal_any()
            if not self._runs.replaying:
                window.show_stack()
            window.stack_editor.choose_layer(finding.where)
            view.choose_layer(finding.where)
            window.weights.choose_layer(finding.where)
        paths = [vector.path for vector in view.history.vectors] if view.history is not None else []
        if finding.vector in paths:
            view.choose_vector(finding.vector)
            window.panels.reveal(finding.step is not None)
            view.choose_unit(finding.unit)
        if finding.step is not None:
            view.show_step(finding.step)

    def _fix(self, finding: Finding) -> None:
        remedy, before = finding.remedy, self._document.experiment
        if remedy is None:
            return
        try:
            self._document.edit(remedy.text, remedy.applied_to)
        except SpecError as error:
            self._runs.warn("fix", _NO_FIT, str(error))
            return
        if self._document.experiment == before:
            self._runs.warn("fix", "Nothing to change", f"{remedy.text}: it is so already.")
            return
        self._fixed = _Fixed(_in_words(remedy, finding.where), before, self._document.experiment)
        answers = (
            ("Undo", "Take the change back", self._undo),
            ("Prove it", "Train the network without it and with it, from the same seed, side by side", self._prove_fix),
            ("Dismiss", "Close this message", self._forget_fix),
        )
        self._window.notices.say("fix", "Fixed", f"{remedy.text}.", answers)

    def _undo(self) -> None:
        self._window.undo.trigger()

    def _follow_document(self) -> None:
        if self._fixed is not None and self._document.experiment != self._fixed.after:
            self._forget_fix()

    def _forget_fix(self) -> None:
        if self._fixed is not None:
            self._fixed = None
            self._window.notices.withdraw("fix")

    def _prove_fix(self) -> None:
        """The network is fixed already: its twin is the one before."""
        if self._fixed is not None:
            words = self._fixed.words
            self._jobs.train_beside(self._fixed.before, f"without {words}", f"with {words}")

    def _prove(self, finding: Finding) -> None:
        """The shown network stays as it is: its twin has the fix."""
        experiment, remedy = self._runs.shown_experiment, finding.remedy
        if experiment is None or remedy is None:
            return
        try:
            fixed = remedy.applied_to(experiment)
        except SpecError as error:
            self._runs.warn("fix", _NO_FIT, str(error))
            return
        label = f"with {_in_words(remedy, finding.where)}"
        if any(run.name == label and run.experiment != fixed for run in self._window.view.compared):
            # The same fix of another layer.
            label = f"{label} · {finding.where}"
        self._jobs.train_beside(fixed, label, label)


def _in_words(remedy: Remedy, where: str) -> str:
    """What a fix is called in the name of a run: one of several beside each other."""
    return remedy.brief or (f"the fix · {where}" if where else "the fix")
