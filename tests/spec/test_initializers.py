"""The catalogue of initializers: names, parameters and the standard deviations that are promised."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biasstudio.spec.arguments import SpecError
from biasstudio.spec.initializers import INITIALIZER_TYPES, VECTOR_INITIALIZERS, Initializer
from tests.spec.strategies import initializers


def test_which_initializers_fit_vectors():
    assert len(INITIALIZER_TYPES) == 15
    assert set(INITIALIZER_TYPES) - set(VECTOR_INITIALIZERS) == {"Orthogonal", "Identity"}


@pytest.mark.parametrize(
    ("name", "length", "expected"),
    [
        ("HeNormal", 32, 0.25),
        ("HeUniform", 50, 0.2),
        ("GlorotNormal", 25, 0.2),
        ("GlorotUniform", 100, 0.1),
        ("LecunNormal", 4, 0.5),
        ("LecunUniform", 1, 1.0),
        ("VarianceScaling", 16, 0.25),
        ("RandomNormal", 7, 0.05),
        ("Zeros", 7, None),
        ("Ones", 7, None),
        ("Constant", 7, None),
        ("Orthogonal", 7, None),
    ],
)
def test_the_standard_deviation_for_a_known_length(name, length, expected):
    given_deviation = Initializer.of(name).standard_deviation(length)
    assert given_deviation == (expected if expected is None else pytest.approx(expected, rel=1e-12))


def test_the_standard_deviations_of_numpy_samples():
    generator = np.random.default_rng(0)
    uniform = generator.uniform(-3.0, 1.0, 400_000)
    assert Initializer.of("RandomUniform", minval=-3.0, maxval=1.0).standard_deviation(5) == pytest.approx(
        uniform.std(), rel=0.01
    )
    # Redrawing beyond two standard deviations is the same as leaving those draws out.
    normal = generator.normal(0.0, 0.4, 400_000)
    truncated = normal[np.abs(normal) <= 0.8]
    assert Initializer.of("TruncatedNormal", stddev=0.4).standard_deviation(5) == pytest.approx(
        truncated.std(), rel=0.01
    )
    # What the formulas of the catalogue say of the uniform ones: limits √(6 / n), √(6 / 2n), √(3 / n).
    for name, limit in {"HeUniform": 6 / 30, "GlorotUniform": 6 / 60, "LecunUniform": 3 / 30}.items():
        sample = generator.uniform(-np.sqrt(limit), np.sqrt(limit), 400_000)
        assert Initializer.of(name).standard_deviation(30) == pytest.approx(sample.std(), rel=0.01)


@given(st.floats(0.01, 100.0), st.integers(1, 10_000))
def test_variance_scaling_has_the_variance_scale_over_n(scale, length):
    deviation = Initializer.of("VarianceScaling", scale=scale).standard_deviation(length)
    assert deviation**2 * length == pytest.approx(scale)


@given(initializers())
def test_of_gives_back_what_an_initializer_holds(initializer):
    assert Initializer.of(initializer.name, **dict(initializer.parameters)) == initializer
    assert hash(initializer) == hash(initializer.change())
    assert [name for name, _ in initializer.parameters] == [p.name for p in initializer.type.parameters]


def test_change_leaves_the_original_and_the_other_parameters():
    original = Initializer.of("RandomNormal", mean=0.5, seed=3)
    changed = original.change(stddev=2)
    assert (original.get("stddev"), changed.get("stddev")) == (0.05, 2.0)
    assert (changed.get("mean"), changed.get("seed")) == (0.5, 3)


@pytest.mark.parametrize(
    ("name", "parameters", "sentence"),
    [
        ("Zero", {}, "There is no initializer 'Zero'; there are Zeros, Ones, "),
        ("HeNormal", {"stddev": 1.0}, "HeNormal: there is no argument 'stddev'."),
        ("HeNormal", {"name": "x"}, "HeNormal: there is no argument 'name'."),
        ("HeNormal", {"cls": "x"}, "HeNormal: there is no argument 'cls'."),
        ("HeNormal", {"seed": -1}, "HeNormal: seed takes a whole number from 0 to 2147483647, not -1."),
        ("RandomNormal", {"stddev": -1}, "RandomNormal: stddev takes a number of 0 or more, not -1."),
        ("VarianceScaling", {"mode": "fan"}, "VarianceScaling: mode takes one of fan_in, fan_out, fan_avg, not 'fan'."),
        ("Constant", {"value": "a"}, "Constant: value takes a number or a list of numbers, not 'a'."),
    ],
)
def test_a_wrong_initializer_is_refused_in_one_sentence(name, parameters, sentence):
    with pytest.raises(SpecError) as refusal:
        Initializer.of(name, **parameters)
    assert str(refusal.value).startswith(sentence)
    assert refusal.value.argument == next(iter(parameters), None)


def test_a_huge_name_is_refused_briefly():
    with pytest.raises(SpecError) as refusal:
        Initializer.of("x" * 10**6)
    assert len(str(refusal.value)) < 400
