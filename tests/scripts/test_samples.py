"""Scripts of the kind that people post and courses hand out: what each opens as, and what is said of it."""

import pytest

from biasstudio.scripts.reading import load_script
from biasstudio.spec.arguments import SpecError
from tests.scripts.samples_expected import EXPECTED, PRESENT, SAMPLES
from tests.scripts.telling import told_data, told_notes, told_stack, told_training

OPENED = [name for name, expected in EXPECTED.items() if not expected.refused]
REFUSED = [name for name, expected in EXPECTED.items() if expected.refused]
WHOLE = [name for name in OPENED if not EXPECTED[name].notes]


@pytest.mark.parametrize("name", OPENED)
def test_a_sample_opens_as_expected(name):
    reading, expected = load_script(SAMPLES / f"{name}.py", PRESENT), EXPECTED[name]
    assert tuple(told_stack(reading)) == expected.stack
    assert told_data(reading) == expected.data
    assert told_training(reading) == expected.training
    assert tuple(told_notes(reading)) == expected.notes


@pytest.mark.parametrize("name", REFUSED)
def test_a_network_that_is_no_stack_is_refused_with_its_line(name):
    with pytest.raises(SpecError) as raised:
        load_script(SAMPLES / f"{name}.py", PRESENT)
    assert str(raised.value) == EXPECTED[name].refused


def test_every_sample_is_in_the_table():
    assert {path.stem for path in SAMPLES.glob("*.py")} == set(EXPECTED)
    assert len(EXPECTED) >= 25


def test_the_tutorials_own_snippet_opens_whole():
    assert "tutorial_snippet" in WHOLE
