import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biasstudio.gui.panels import figures
from biasstudio.gui.panels.colouring import level_indexes
from biasstudio.gui.panels.heatmap_panel import columns_of
from biasstudio.gui.panels.moment import Moment, difference, drawable, largest, not_finite_note
from biasstudio.gui.panels.quantiles import row_quantiles
from biasstudio.gui.panels.ranges import SteadyLimit, SteadyRange, end_of_steps
from biasstudio.gui.panels.vector_panel import extremes_of_groups
from biasstudio.recording.network import BiasVector


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.45991, "+0.4599"),
        (-0.1062, "−0.1062"),
        (0.0, "0.0000"),
        (12.5, "+12.5000"),
        (0.00012345, "+1.2e−4"),
        (-123456.0, "−1.2e5"),
        (math.nan, "NaN"),
        (-math.inf, "−inf"),
    ],
)
def test_signed(value, text):
    assert figures.signed(value) == text


@given(st.floats(allow_nan=False, width=32))
def test_text_reads_back_as_about_the_same_number(value):
    read = float(figures.signed(value).replace(figures.MINUS, "-"))
    assert read == pytest.approx(value, rel=0.05, abs=5e-5)


@pytest.mark.parametrize(
    ("value", "spacing", "text"),
    [
        (0.5, 0.5, "0.5"),
        (-0.25, 0.05, "−0.25"),
        (0.0, 0.1, "0"),
        (200, 100, "200"),
        (2e-5, 1e-5, "2e−5"),
    ],
)
def test_tick_texts(value, spacing, text):
    assert figures.tick(value, spacing) == text


def test_units_of_a_matrix_are_named_by_their_place():
    gru = BiasVector("gru/bias", (2, 6), "gru", "unit")
    assert figures.unit_name(gru, 8) == "unit (1, 2)"
    assert figures.unit_name(BiasVector("c/bias", (32,), "c", "channel"), 8) == "channel 8"


@pytest.mark.parametrize(
    ("vector", "unit", "index", "name"),
    [
        (BiasVector("l/bias", (12,), "l", "gate unit", ("i", "f", "c", "o")), 4, "f 1", "gate f, unit 1"),
        (BiasVector("c/bias", (8,), "c", "gate channel", ("i", "f", "c", "o")), 7, "o 1", "gate o, channel 1"),
        (
            BiasVector("g/bias", (2, 6), "g", "gate unit", ("z", "r", "h")),
            9,
            "recurrent r 1",
            "recurrent, gate r, unit 1",
        ),
        (BiasVector("g/bias", (6,), "g", "gate unit", ("z", "r", "h")), 0, "z 0", "gate z, unit 0"),
        (BiasVector("m/bias", (2, 4), "m", "head unit"), 6, "(1, 2)", "head 1, unit 2"),
        # What a file may claim, and what older files hold.
        (BiasVector("x/bias", (5,), "x", "gate unit", ("z", "r", "h")), 4, "4", "gate unit 4"),
        (BiasVector("x/bias", (3, 6), "x", "gate unit", ("z", "r", "h")), 17, "(2, 5)", "gate unit (2, 5)"),
        (BiasVector("x/bias", (6,), "x", "gate unit"), 4, "4", "gate unit 4"),
    ],
)
def test_units_of_gates_and_heads_are_named_for_what_they_are(vector, unit, index, name):
    assert figures.unit_index(vector, unit) == index
    assert figures.unit_name(vector, unit) == name


def test_a_limit_holds_still_grows_at_once_and_shrinks_late():
    limit = SteadyLimit()
    assert limit.include(0.0) == 1.0
    held = limit.include(0.2)
    assert 0.2 < held <= 0.23
    assert limit.include(0.15) == held
    assert limit.include(0.21) == held
    assert limit.include(0.5) > 0.5
    assert limit.include(0.1) < 0.2


@given(st.floats(-1e38, 1e38), st.floats(-1e38, 1e38))
def test_a_range_is_never_empty_and_can_be_turned_around(a, b):
    low, high = SteadyRange().include(min(a, b), max(a, b))
    assert low < high
    assert abs(low) <= 1e12
    assert abs(high) <= 1e12


@given(st.integers(1, 10**7))
def test_a_step_axis_ends_at_the_last_step_or_soon_after(last):
    assert last <= end_of_steps(last) <= last * 1.04


def test_what_is_not_finite_is_counted_and_not_drawn():
    values = np.array([1.0, np.nan, np.inf, -np.inf, 3e38])
    assert not_finite_note(values) == "3 of 5 values are not finite"
    assert not_finite_note(np.ones(3)) == ""
    assert drawable(values).tolist() == [1.0, 0.0, 0.0, 0.0, 1e11]
    assert largest(values[:4]) == 1.0
    assert np.isnan(difference(np.array([np.inf]), np.array([np.inf]))).all()
    assert Moment(np.array([0.0, np.nan, 1.0]), np.array([0.0, np.nan, 2.0])).changed == 1


@given(st.integers(1, 9), st.integers(1, 40), st.integers(0, 10**6))
def test_quantiles_are_those_of_numpy_without_what_is_not_finite(rows, columns, seed):
    random = np.random.default_rng(seed)
    values = random.normal(size=(rows, columns))
    values[random.random((rows, columns)) < 0.2] = np.nan
    values[:, 0] = 0.5
    expected = np.nanquantile(values, (0, 0.25, 0.5, 1), axis=1)
    assert np.allclose(row_quantiles(values, (0, 0.25, 0.5, 1)), expected)


def test_quantiles_of_a_row_without_numbers_are_nan():
    assert np.isnan(row_quantiles(np.full((1, 3), np.inf), (0, 0.5))).all()


def test_colour_indexes_are_symmetric_about_zero():
    values = np.array([-2.0, -1.0, 0.0, 1.0, 2.0, np.nan, np.inf])
    assert level_indexes(values, 1.0).tolist() == [0, 0, 127, 254, 254, 255, 255]


def test_groups_give_their_value_of_the_greatest_magnitude():
    values = np.array([0.1, -0.5, 0.2, np.nan, 0.3])
    assert extremes_of_groups(values, 2).tolist() == [-0.5, 0.2, 0.3]


def test_columns_show_the_newest_frame_not_after_them():
    steps = np.array([0, 4, 8, 12, 14])
    found = columns_of(steps, 15)
    assert steps[found].tolist() == [0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 14]
    assert steps[columns_of(np.array([0]), 300)].tolist() == [0]
