"""SPARQL 1.1 Protocol at /sparql: queries of strangers, their results, and what the service says of itself."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request
from pyoxigraph import QuerySolutions
from werkzeug.exceptions import UnsupportedMediaType

from pqlod.datasets import Opened
from pqlod.errors import BadParameter, DatasetUnavailable, NotAcceptable, PqlodError, TooManyQueries
from pqlod.formatters.html import FormatLink
from pqlod.formatters.solutions import FORMATS, PAGE, ResultFormat, Table, format_named, format_names, table
from pqlod.rdf import PQLOD, RDF, BlankNode, Graph, Literal, NamedNode, Namespace, Triple
from pqlod.store.embedded import EmbeddedDataset
from pqlod.store.sandbox import OWN_MEDIA_TYPES, RETRY_AFTER, Kind, Result, Sandbox, UnwantedKind, parse_result
from pqlod.store.screening import Limits
from pqlod.web.addresses import pairs, parameters, root
from pqlod.web.documents import graph_response
from pqlod.web.negotiation import best_offer, essence
from pqlod.web.problems import problem_of
from pqlod.web.responses import with_charset
from pqlod.web.service import Service
