"""Scripts that want too much time or memory, or are no Python at all: read within bounds, or refused in a sentence."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biasstudio.scripts.reading import load_script, read_script
from biasstudio.spec.arguments import SpecError
from tests.scripts.samples_expected import PRESENT, SAMPLES

_MODEL = "from keras import *\nmodel = Sequential([Input((4,)), layers.Dense(3)])\n"
GREEDY = {
    "tower of powers": "x = 10 ** 10 ** 10\ny = 2 ** 10 ** 9\nz = 1 << 10 ** 12",
    "long text": "x = 'a' * 10 ** 12\ny = 'a' * 9999\nfor i in range(900):\n    y = y + y",
    "long list": "x = [0] * 10 ** 12\ny = [[0] * 9000] * 9000",
    "long range": "for i in range(10 ** 18):\n    x = i\nfor j in range(10 ** 30, 0, -1):\n    x = j",
    "nested loops": "for i in range(999):\n for j in range(999):\n  for k in range(999):\n   x = i + j + k",
    "comprehension": "x = [[k for k in range(9999)] for j in range(9999) for i in range(9999)]",
    "while": "i = 0\nwhile True:\n    i += 1",
    "recursion": "def f(n):\n    return f(n + 1)\nf(0)",
    "branching recursion": "def f(n):\n    f(n)\n    f(n)\n    return model.fit(n)\nf(0)\nif unknown:\n    f(1)",
    "mutual recursion": "def f():\n    g()\ndef g():\n    f()\n    g()\nf()",
    "doubling lists": "x = [1]\nfor i in range(60):\n    x = [x, x]\ny = x == x\nz = str(x)\nw = f'{x}'",
    "list in itself": "x = []\nx.append(x)\ny = x == x\nfor v in x:\n    z = v\nmodel.add(layers.Dense(x))",
    "width": "x = f'{1:999999999}'\ny = '%999999999d' % 1\nz = '{:999999999}'.format(1)\nw = 'a'.ljust(10 ** 12)",
    "replace": "x = 'a' * 9000\nfor i in range(90):\n    x = x.replace('a', 'aaaaaaaaaaaaaaa')",
    "join": "x = ','.join(['a' * 9000] * 9000)",
    "rounding": "x = round(5, -10 ** 9)\ny = int('9' * 9000)\nz = pow(10, 10 ** 9)",
    "growing dictionary": "d = {}\nfor i in range(900):\n    for j in range(900):\n        d[(i * 900) + j] = 1",
    "layers without end": "for i in range(900):\n    model.add(layers.Dense(1))",
    "network in itself": "model.add(model)\nmodel.add(model)",
    "deep networks": "m = model\nfor i in range(100):\n    m = Sequential([m, m])",
    "called on its own output": "x = Input((3,))\nfor i in range(2000):\n    x = layers.Dense(3)(x)\nm = Model(x, x)",
    "large layer": "model.add(layers.Dense(10 ** 40))\nmodel.add(layers.Dense(1e308 * 10))",
    "long names": f"model.add(layers.{'A' * 9000}())\nclass {'B' * 9000}(Model): pass\nm = {'B' * 9000}()\nm.compile()",
    "only a long name": f"class {'B' * 9000}(Model): pass\nmodel = {'B' * 9000}()",
    "many notes": "\n".join(f"model.add(Nothing{i}())" for i in range(2000)),
    "bases": "class A(A): pass\nclass B(A, B): pass\nB()()",
    "class that makes itself": "class A:\n    def __init__(self):\n        self.a = A()\nA()",
    "property of itself": "class A:\n    @property\n    def x(self):\n        return self.x\nA().x",
    "callable of itself": "class A:\n    def __call__(self):\n        return self()\nA()()",
    "starred": "x = [0] * 9000\nfor i in range(900):\n    f(*x, *x, *x)",
    "unpacking": "a, *b, c = [1]\n(a, b), c = 1, 2\n*a, = range(10 ** 9)",
    "long line": "x = [" + "1," * 100_000 + "]",
    "many lines": "x = 1\n" * 60_000,
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", GREEDY)
def test_a_greedy_script_is_read_within_bounds(name):
    try:
        reading = read_script(_MODEL + GREEDY[name], PRESENT)
    except SpecError as error:
        assert_is_sentence(str(error))
    else:
        assert reading.experiment.stack.layers
        for note in reading.notes:
            assert_is_sentence(note.sentence)


@pytest.mark.parametrize("name", ["recursion", "branching recursion", "mutual recursion", "tower of powers"])
def test_a_network_before_a_script_that_runs_wild_is_still_offered(name):
    assert [layer.name for layer in read_script(_MODEL + GREEDY[name], PRESENT).experiment.stack.layers] == ["dense"]


BROKEN = {
    "parentheses": "(" * 5000,
    "balanced parentheses": "x = " + "(" * 150 + ")" * 150,
    "signs": "x = " + "-" * 50_000 + "1",
    "sum": "x = " + "+".join("1" * 20_000),
    "attributes": "x = a" + ".b" * 20_000,
    "calls": "x = f" + "()" * 20_000,
    "blocks": "".join(f"{' ' * depth}if x:\n" for depth in range(99)) + " " * 99 + "y = 1",
    "elif": "if a: pass\n" + "elif b: pass\n" * 5000,
    "lambdas": "x = " + "lambda: " * 5000 + "1",
    "null byte": "x = 1\0",
    "surrogate": "x = '\ud800'",
    "not python": "<html><body>keras</body></html>",
    "indentation": "def f():\nreturn 1",
    "unfinished": "model = Sequential([",
    "text without end": "x = '''",
    "empty": "",
    "nothing of Keras": "print('hello')",
    "no layers": "import keras\nmodel = keras.Sequential()",
    "too long": "# " + "x" * 1_000_000,
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_script_is_refused_in_a_sentence(name):
    with pytest.raises(SpecError) as raised:
        read_script(BROKEN[name], PRESENT)
    assert_is_sentence(str(raised.value))


def assert_is_sentence(text: str) -> None:
    assert text.isprintable()
    assert len(text) < 400
    assert text.endswith(".")
    assert "Error" not in text.replace("SyntaxError", "")


@pytest.mark.parametrize(
    ("text", "line"),
    [("x = 1\nmodel = Sequential([\n", "2"), ("def f():\nreturn 1", "2"), ("a\nb\n<html>", "3"), ("x = 1 +\n", "1")],
)
def test_a_wrong_syntax_is_said_with_its_line(text, line):
    with pytest.raises(SpecError, match=rf"^line {line}: this can't be read as Python: .+\.$"):
        read_script(text, PRESENT)


TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(SAMPLES.glob("*.py"))}
PIECES = (
    "None",
    "-1",
    "[]",
    "()",
    "{}",
    "x",
    "model",
    "keras",
    "*",
    "**",
    ":",
    "=",
    "0",
    "1e400",
    "'",
    '"',
    "\\",
    "\n",
)
PIECES += ("    ", "lambda: 0", "yield", "await x", "...", "model.layers", "layers.Dense", "Input((2,))", "not", "del")


@st.composite
def mutated(draw) -> str:
    text = TEXTS[draw(st.sampled_from(sorted(TEXTS)))]
    tokens = re.findall(r"\w+|\s+|[^\w\s]", text)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(tokens) - 1))
        edit = draw(st.sampled_from(("drop", "double", "swap", "replace")))
        if edit == "drop":
            del tokens[at]
        elif edit == "double":
            tokens.insert(at, tokens[at])
        elif edit == "swap":
            other = draw(st.integers(0, len(tokens) - 1))
            tokens[at], tokens[other] = tokens[other], tokens[at]
        else:
            tokens[at] = draw(st.sampled_from(PIECES))
    return "".join(tokens)


def assert_reads_or_refuses(text: str) -> None:
    try:
        reading = read_script(text, PRESENT)
    except SpecError as error:
        assert_is_sentence(str(error))
        return
    lines = [note.line for note in reading.notes]
    assert lines == sorted(lines)
    assert all(0 <= line <= text.count("\n") + 1 for line in lines)
    for note in reading.notes:
        assert_is_sentence(note.sentence)


@settings(max_examples=400, deadline=None)
@given(mutated())
def test_a_damaged_sample_is_read_or_refused(text):
    assert_reads_or_refuses(text)


@settings(max_examples=150, deadline=None)
@given(st.text() | st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join))
def test_any_text_is_read_or_refused(text):
    assert_reads_or_refuses(text)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_file_is_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("scripts") / "script.py"
    path.write_bytes(content)
    with pytest.raises(SpecError, match=r"^script\.py"):
        load_script(path, PRESENT)


def test_what_is_no_file_is_refused(tmp_path):
    with pytest.raises(SpecError, match="not a file that can be opened: expected a Python script"):
        load_script(tmp_path, PRESENT)
    with pytest.raises(FileNotFoundError):
        load_script(tmp_path / "nowhere.py", PRESENT)
    large = tmp_path / "large.py"
    large.write_bytes(b"#" * 4_000_001)
    with pytest.raises(SpecError, match=r"^large\.py is longer than 1,000,000 characters"):
        load_script(large, PRESENT)
    foreign = tmp_path / "foreign.py"
    foreign.write_bytes("x = 'ü'".encode("latin-1"))
    with pytest.raises(SpecError, match=r"^foreign\.py is not a script: it is not text in UTF-8\.$"):
        load_script(foreign, PRESENT)
