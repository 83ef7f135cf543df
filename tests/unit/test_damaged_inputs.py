"""Damaged inputs: each is refused or put right with a message that names file and place, and all the rest loads."""

import bz2
import gzip
import io
import json
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pyoxigraph import Literal

from pqlod import packing
from pqlod.loading import load
from pqlod.packing import zstd
from pqlod.rdf import PARL
from pqlod.sources import files
from pqlod.store.generations import Generations

LEAST = {"house": "Commons", "date_tabled": "2024-01-05", "source": "wq-api"}
LARGE = 200 << 20  # bytes
COLUMNS = "mnis_id,display_name,house\n"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
PAGE = {
    "results": [
        {"value": {"id": n, "uin": str(n), "house": "Commons", "askingMemberId": 5, "dateTabled": f"2024-02-{n}"}}
        for n in (28, 31)
    ]
}


class Damage(NamedTuple):
    """A damaged file, what is told of it, and the UINs of the questions that come out of it all the same."""

    content: bytes | Callable[[], bytes]
    message: str
    loaded: tuple[str, ...] = ()
    name: str = "damaged"


def line(uin: str = "1", **fields: Any) -> str:
    return json.dumps(LEAST | {"uin": uin} | fields, ensure_ascii=False)


def lines(*damaged: str | bytes) -> bytes:
    """Lines of which the first and the last are sound."""
    return b"\n".join(text.encode() if isinstance(text, str) else text for text in (line("1"), *damaged, line("9")))


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("q.jsonl", line())
    return file.getvalue()


def packed_in_part(pack: Callable[[bytes], bytes]) -> bytes:
    whole = pack("\n".join(line(str(n), heading=str(n * n)) for n in range(20_000)).encode())
    return whole[: len(whole) // 2]


SOUND = ("1", "9")
DAMAGED = {
    "empty file": Damage(b"", ": Empty."),
    "JSON that is cut": Damage(line()[:-20].encode(), "line 1: Broken JSON"),
    "a line of JSON that is cut": Damage(lines(line("bad")[:-20]), "line 2: Broken JSON", SOUND),
    "a list of JSON that is cut": Damage(json.dumps([{"uin": "1"} | LEAST] * 3, indent=0)[:-30].encode(), ": Broken JSON"),
    "an array in place of an object": Damage(lines("[1, 2]"), "line 2: Expected an object with fields, not [1, 2].", SOUND),
    "a number in place of a text": Damage(lines(line("bad", heading=1.5)), "line 2: heading is 1.5, expected text.", SOUND),
    "a text in place of a number": Damage(lines(line("bad", asking_member_id="Ann")), "line 2: asking_member_id is 'Ann'", SOUND),
    "an object in place of a list": Damage(
        lines(line("bad", answered=True, grouped_questions={})), "line 2: grouped_questions", SOUND
    ),
    "31 February": Damage(
        lines(line("bad", date_tabled="2024-02-31")),
        "line 2: date_tabled is '2024-02-31', which is no day of the calendar.",
        SOUND,
    ),
    "31 February in a page of the API": Damage(
        json.dumps(PAGE).encode(), "result 2: dateTabled is '2024-02-31', which is no day of the calendar.", ("28",)
    ),
    "a key that is missing": Damage(lines(line("")), "line 2: uin is missing.", SOUND),
    "a NUL character": Damage(lines(line("bad", heading="a\x00b")), "line 2: heading holds a NUL character.", SOUND),
    "NUL bytes between lines": Damage(lines(b"\x00" * 40), "line 2: Broken JSON", SOUND),
    "half a surrogate pair": Damage(lines(line("bad", heading="x").replace('"x"', r'"\ud83d"')), "line 2: Broken JSON", SOUND),
    "a byte order mark": Damage(b"\xef\xbb\xbf" + lines(), "", SOUND),
    "byte order marks on every line": Damage(
        b"\xef\xbb\xbf" + lines(b"\xef\xbb\xbf" + line("bad").encode()), "", (*SOUND, "bad")
    ),
    "UTF-16": Damage(lines(line("bad", heading="£5")).decode().encode("utf-16"), "", (*SOUND, "bad")),
    "UTF-16 that is cut": Damage(lines().decode().encode("utf-16-le")[:-1], "line 2: Not UTF-16-LE"),
    "Windows-1252": Damage(lines(line("bad", heading="£5").encode("cp1252")), "line 2: Not UTF-8: the byte 0xA3", SOUND),
    "text read in a wrong character set": Damage(
        lines(line("bad", heading="Â£5 â€“ now")),
        "1 texts that were read in a wrong character set, and are put right",
        (*SOUND, "bad"),
    ),
    "text that has lost characters": Damage(
        lines(line("bad", heading="\ufffd5")), "1 texts in which characters were lost", (*SOUND, "bad")
    ),
    "a line of 200 MB": Damage(lambda: lines(b'{"uin": "' + b"1" * LARGE + b'"}'), "line 2: Longer than 16 MB.", SOUND),
    "a document of 300 MB": Damage(lambda: b"[" + b" " * (300 << 20) + b"]", "Larger than 256 MB"),
    "nested a million times": Damage(lines('{"uin":' + "[" * 1_000_000), "line 2: Broken JSON", SOUND),
    "an archive bomb": Damage(
        lambda: gzip.compress(lines() + b"\n" * LARGE), "Damaged from here on: it unpacks to more than", SOUND
    ),
    "a bomb in bzip2": Damage(
        lambda: bz2.compress(lines() + b"\n" * LARGE), "Damaged from here on: it unpacks to more than", SOUND
    ),
    "entities that multiply": Damage(
        f"<!DOCTYPE Members [<!ENTITY l0 'x'>{LAUGHS}]>\n<Members><Member>&l9;</Member></Members>".encode(), ""
    ),
    "gzip that is cut": Damage(
        lambda: packed_in_part(gzip.compress), "Damaged from here on: Compressed file ended", ("0", "5000")
    ),
    "xz that is cut": Damage(lambda: packed_in_part(lzma.compress), "Damaged from here on: Compressed file ended", ("0", "5000")),
    "Zstandard that is cut": Damage(lambda: packed_in_part(zstd.compress), "Damaged from here on: Compressed file ended", ("0",)),
    "gzip with wrong bytes": Damage(gzip.compress(lines())[:10] + b"\xff" * 99, ": Damaged: Error -3 while decompressing data"),
    "a zip archive": Damage(zipped(), "This is a zip archive: unpack it first."),
    "a web page in place of data": Damage(b"<!DOCTYPE html>\n<html><h1>502 Bad Gateway</h1></html>", "This is a web page"),
    "random bytes": Damage(bytes(range(1, 256)), "it begins with bytes that are no text"),
    "a table with a row too short": Damage(f"{COLUMNS}5,Ann,Commons\n6\n".encode(), "line 3: 1 cells, where the header has 3."),
    "a table with a quote that does not end": Damage(f'{COLUMNS}5,Ann,Commons\n6,"Bo\n'.encode(), "line 3: Broken CSV"),
    "Turtle that breaks off": Damage(b"@prefix : <urn:> .\n:a :b :c .\n:d :e", "line 3: Broken RDF", (), "x.ttl"),
    "XML that breaks off": Damage(b'<?xml version="1.0"?>\n<Members>\n<Member>', "line 3"),
}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
def test_what_is_damaged_is_told_with_file_and_place_and_the_rest_loads(
    tmp_path: Path, damage: Damage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "HARMLESS", 32 << 20)
    sound, bad = tmp_path / "sound.jsonl", tmp_path / damage.name
    sound.write_text(line("sound", date_tabled="2024-03-01"))
    bad.write_bytes(damage.content() if callable(damage.content) else damage.content)

    report = load([bad, sound], tmp_path / "store")

    told = str(report)
    assert damage.message in told
    assert not report.refusals or str(bad) in told
    store = Generations(tmp_path / "store").dataset().store
    uins = {quad.object.value for quad in store.quads_for_pattern(None, PARL.uin, None) if isinstance(quad.object, Literal)}
    assert {"sound", *damage.loaded} <= uins
    assert ("bad" in uins) == ("bad" in damage.loaded)


def test_there_are_more_than_twenty_kinds() -> None:
    assert len(DAMAGED) > 20
    assert files.MAX_LINE < LARGE
