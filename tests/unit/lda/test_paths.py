"""Property paths: from texts of shortnames to steps."""

import pytest

from pqlod.errors import BadParameter
from pqlod.lda.naming import ShortnameMode
from pqlod.lda.paths import PropertyPath, Step, parse_path, parse_paths
from pqlod.lda.vocabulary import Vocabulary
from pqlod.rdf import NamedNode, Namespace

X = Namespace("http://x.example/def/")
WORDS = {"by": X.by, "label": X.label, "tag": X.tag}
VOCABULARY = Vocabulary(WORDS, {iri: name for name, iri in WORDS.items()}, {}, {"x": X.iri})


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        pytest.param("label", (Step(X.label),), id="one step"),
        pytest.param("by.label", (Step(X.by), Step(X.label)), id="two steps"),
        pytest.param("~by.label", (Step(X.by, is_inverse=True), Step(X.label)), id="FL10 an inverse step"),
        pytest.param("by.*", (Step(X.by), Step(None)), id="VW04 any property"),
        pytest.param("tag.", (Step(X.tag),), id="D71 a trailing dot"),
        pytest.param("x_other", (Step(X.other),), id="4.6 prefix and local name"),
        pytest.param("urn:x:y", (Step(NamedNode("urn:x:y")),), id="4.6 an absolute IRI without a dot"),
    ],
)
def test_a_path_is_read_as_steps(text, steps):
    assert parse_path(text, VOCABULARY) == PropertyPath(steps, text.rstrip("."))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("lable", "Unknown property 'lable'. Did you mean 'label'?", id="FL12 unknown"),
        pytest.param("by.LABLE", "Unknown property 'LABLE' in 'by.LABLE'. Did you mean 'label'?", id="FL12 unknown in a path"),
        pytest.param("nope_local", "Unknown property 'nope_local'.", id="an undeclared prefix"),
        pytest.param("by..label", "A step of the property path 'by..label' is empty.", id="an empty step"),
        pytest.param("~", "A step of the property path '~' is empty.", id="an inverse of nothing"),
        pytest.param("", "A step of the property path '' is empty.", id="no text"),
        pytest.param("by label", "Unknown property 'by label'. Did you mean 'label'?", id="a blank"),
    ],
)
def test_a_wrong_path_says_where_it_is_wrong(text, message):
    with pytest.raises(BadParameter) as caught:
        parse_path(text, VOCABULARY)

    assert str(caught.value) == message


def test_a_list_of_paths_may_have_empty_elements():
    assert [path.text for path in parse_paths("by.label, tag.,,", VOCABULARY)] == ["by.label", "tag"]


def test_the_name_that_round_trip_mode_gives_a_property_leads_back_to_it():
    name = VOCABULARY.name_terms([NamedNode("http://nopfx.example/one/same")], ShortnameMode.ROUND_TRIP).popitem()[1]

    assert parse_path(name, VOCABULARY).last.property == NamedNode("http://nopfx.example/one/same")
