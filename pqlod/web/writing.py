"""Who may write to the store over HTTP, and that each write is recorded."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, request

from pqlod.audit import AuditLog, Entry
from pqlod.errors import ConfigurationError, Mistake, NotAuthenticated, PqlodError, WritingRefused
from pqlod.settings import Settings
from pqlod.store.screening import Limits
from pqlod.store.updating import Updater, Written
from pqlod.write_tokens import TokenFile

logger = logging.getLogger(__name__)

CHALLENGE = 'Bearer realm="pqlod"'
NOBODY = "nobody"  # stands in the audit log for a writer without a token
AUDIT_LOG = "audit.jsonl"  # in the store's folder
BLUEPRINTS = {"update", "graph_store"}  # the routes of writes
READING = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True)
class Writing:
    """The way to the store for those who may write. Without ``tokens`` everybody on this machine may."""

    updater: Updater
    audit: AuditLog
    tokens: TokenFile | None

    def writer(self) -> str:
        """The name of the token of the request at hand; NotAuthenticated or WritingRefused, in the log, if it may not write."""
        try:
            return self.identified()
        except (NotAuthenticated, WritingRefused) as error:
            logger.warning("A write from %s was refused: %s", request.remote_addr, error)
            raise

    def identified(self) -> str:
        """The same, and nothing in the log."""
        if self.tokens is None:
            _refuse_from_elsewhere()
            return NOBODY
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise NotAuthenticated("Writing needs a token: Authorization: Bearer TOKEN.", challenge=CHALLENGE)
        name = self.tokens.name_of(token.strip())
        if name is None:
            raise NotAuthenticated("This token allows nothing here.", challenge=f'{CHALLENGE}, error="invalid_token"')
        return name

    def perform(self, writer: str, operation: str, graph: str | None, size: int, write: Callable[[], Written]) -> Written:
        """Does a write, and records what came of it."""
        begin = time.monotonic()

        def record(outcome: str, generation: int | None, detail: str | None = None) -> None:
            seconds = round(time.monotonic() - begin, 4)
            self.audit.write(Entry(writer, operation, graph, size, seconds, outcome, generation, detail))

        try:
            written = write()
        except PqlodError as error:
            record(type(error).__name__, None, str(error))
            raise
        record(written.outcome, None if written.outcome == "missing" else written.generation)
        return written


def is_refused(app: Flask, environment: dict[str, Any]) -> bool:
    """Is the request, as WSGI has it, a write of one who may not write? Its body is not looked at."""
    writing: Writing | None = app.extensions["pqlod"].writing
    with app.request_context(environment):
        if request.method in READING or request.blueprint not in BLUEPRINTS:
            return False
        try:
            return writing is None or not writing.identified()
        except PqlodError:
            return True


def open_writing(settings: Settings) -> Writing | None:
    """What the settings allow: None where writing is off. ConfigurationError if they contradict themselves.

    Where there is no store yet, one without data is made.
    """
    if not settings.writable:
        return None
    if settings.store is None:
        raise ConfigurationError([Mistake("--writable", "", "needs a store: give --store, or set PQLOD_STORE")])
    tokens = _tokens(settings)
    updater = Updater(settings.store, update_limits(settings), settings.generations_kept)
    if not (settings.store / "CURRENT").exists():
        updater.begin()
    audit = AuditLog(settings.audit_log or settings.store / AUDIT_LOG)
    audit.check()
    return Writing(updater, audit, tokens)


def update_limits(settings: Settings) -> Limits:
    """What a write may use."""
    return Limits(
        seconds=settings.update_seconds,
        memory=settings.query_memory,
        query_length=settings.update_length,
        nesting=settings.query_nesting,
        waiting=settings.queries_waiting,
        calls=frozenset(settings.query_calls),
    )


def writing_off() -> WritingRefused:
    """What to tell of a write where writing is off."""
    return WritingRefused("Writing is off here. It is switched on by: pqlod serve --writable --token-file FILE.")


def written_response(written: Written, status: int = 204) -> Response:
    """The response to a write: nothing but where its result is to be seen."""
    response = Response(status=status)
    del response.headers["Content-Type"]
    response.headers["Dataset-Generation"] = str(written.generation)
    response.headers["Cache-Control"] = "no-store"
    return response


def _tokens(settings: Settings) -> TokenFile | None:
    if settings.no_auth:
        if not _is_loopback(settings.host):
            problem = f"lets everybody write, and so is refused on {settings.host}: it is for tests on a loopback address"
            raise ConfigurationError([Mistake("--no-auth", "", problem)])
        return None
    if settings.token_file is None:
        problem = "needs --token-file FILE; a token is made by: pqlod token new NAME --token-file FILE"
        raise ConfigurationError([Mistake("--writable", "", problem)])
    tokens = TokenFile(settings.token_file)
    tokens.names()
    return tokens


def _refuse_from_elsewhere() -> None:
    """Without tokens, any web page that is open on this machine could write: by its own Origin, or by a name of its own."""
    origin = request.headers.get("Origin", "")
    if not _is_loopback(_name_in(request.host)) or origin not in {"", f"{request.scheme}://{request.host}"}:
        raise WritingRefused("Without tokens, only programs on this machine may write, and no pages of other sites.")


def _name_in(host: str) -> str:
    """The name or address, without brackets and port; "" if it cannot be read."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
