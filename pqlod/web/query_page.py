"""The page on which people write SPARQL: a form, which a script makes an editor of that knows examples and our vocabulary."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import render_template
from markupsafe import Markup

from pqlod.formatters.html.frame import FormatLink, data_block
from pqlod.lda.model import Api
from pqlod.lda.planning import index_plan
from pqlod.live import LiveConfiguration
from pqlod.rdf import OWL, RDF, RDFS, NamedNode
from pqlod.store.query import Query
from pqlod.store.screening import Limits

ROWS_ON_PAGE = 500

# What the page offers to begin with, whatever the data are; each is a link.
EXAMPLES: Mapping[str, str] = {
    "Which classes are there, and how many of each?": """\
SELECT ?class (COUNT(?thing) AS ?things)
WHERE { ?thing a ?class }
GROUP BY ?class
ORDER BY DESC(?things)
""",
    "Ten questions, newest first": """\
PREFIX parl: <http://data.parliament.uk/schema/parl#>

SELECT ?question ?tabled ?text
WHERE {
  ?question parl:dateTabled ?tabled ;
            parl:questionText ?text .
}
ORDER BY DESC(?tabled)
LIMIT 10
""",
    "The ten questions that say most of housing in the armed forces": """\
PREFIX parl: <http://data.parliament.uk/schema/parl#>
PREFIX pqlod: <urn:pqlod:vocab:>

SELECT ?question ?score ?text
WHERE {
  SERVICE pqlod:search { ?question pqlod:matches "armed forces housing" ; pqlod:score ?score }
  ?question parl:questionText ?text .
}
ORDER BY DESC(?score)
LIMIT 10
""",
    "Everything that is said of one thing": """\
SELECT ?property ?value
WHERE { <http://data.parliament.uk/resources/1012383> ?property ?value }
""",
}


@dataclass(frozen=True)
class QueryPage:
    """What every showing of the page has: what queries may use, the host that the IRIs of the data name, whose vocabulary
    completes a query, and the published queries."""

    limits: Limits
    host: str
    configuration: LiveConfiguration
    published: Mapping[str, Query]

    def show(self, formats: list[FormatLink], text: str = "", **shown: object) -> str:
        """The page with a query, and with what that gave or what was wrong with it."""
        return render_template(
            "sparql.html",
            query=text,
            formats=formats,
            limits=self.limits,
            examples=EXAMPLES,
            published={query.title: query.bind().text for query in self.published.values() if query.can_be_asked()},
            known=self._known,
            rows_shown=ROWS_ON_PAGE,
            **shown,
        )

    def _known(self) -> Markup:
        """What the editor knows, as data; the form does without."""
        return data_block({"host": f"http://{self.host}/", **vocabulary(self.configuration.current().apis)})


def vocabulary(apis: Iterable[Api]) -> dict[str, object]:
    """What can stand in a query on the data of these APIs: prefixes, and the IRIs of classes and properties."""
    apis = tuple(apis)
    classes = {type.value for type in index_plan(apis).types}
    for api in apis:
        declared = (triple for triple in api.graph if triple.predicate == RDF.type and triple.object in {OWL.Class, RDFS.Class})
        classes.update(triple.subject.value for triple in declared if isinstance(triple.subject, NamedNode))
    properties = {iri.value for api in apis for iri in api.vocabulary.properties} - classes
    prefixes = {prefix: iri for api in apis for prefix, iri in api.vocabulary.prefixes.items() if prefix}
    return {"prefixes": prefixes, "classes": sorted(classes), "properties": sorted(properties)}
