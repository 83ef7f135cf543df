"""Backups: a generation of a store as one file, a tar archive whose first member lists the others with their checksums.

The files are those of the generation as they stand, so that it is quickly made and restored; an export is what outlives them.
"""

import hashlib
import io
import json
import re
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from pqlod.errors import SourceError, StoreError
from pqlod.packing import DAMAGE, unpacked, written
from pqlod.store.disk import told
from pqlod.store.generations import FORMAT, Generations
from pqlod.store.keeping import check_store, whole_files

FIRST = "pqlod-backup.json"
MOST_LISTED = 64 * 1024 * 1024  # bytes of the list; a thousand files take 100 KB
NAME = re.compile(r"(store/)?[A-Za-z0-9_-][A-Za-z0-9_.-]*")
AT_ONCE = 1024 * 1024


@dataclass(frozen=True)
class Backup:
    """What a backup holds: a generation of a store of this version, with the SHA-256 and the size of each of its files."""

    version: int
    generation: int
    loaded: str
    files: Mapping[str, tuple[str, int]]

    @property
    def size(self) -> int:
        """Bytes of all files, unpacked."""
        return sum(size for _, size in self.files.values())


def back_up(folder: Path, output: Path) -> Backup:
    """Writes the current generation of the store in ``folder`` to a file, packed if its suffix is ``.gz`` or ``.zst``.

    Others may write to the store meanwhile. The file is there whole or not at all. SourceError if it cannot be written.
    """
    generations = Generations(folder)
    with ExitStack() as stack:
        number, loaded, files = _opened(generations, stack)
        with told(folder):
            listed = {name: _digested(file) for name, file in files.items()}
            backup = Backup(FORMAT, number, loaded.isoformat(), listed)
        with written(output) as packed, tarfile.open(fileobj=packed, mode="w|") as archive:
            first = json.dumps(asdict(backup)).encode()
            _add(archive, FIRST, len(first), io.BytesIO(first))
            for name, file in files.items():
                file.seek(0)
                _add(archive, name, listed[name][1], file)
    return backup


def restore(file: Path, generations: Generations) -> tuple[Backup, int]:
    """Publishes what a backup holds as the next generation of a store, which is made if it is not there.

    Gives what it was and its new number. SourceError if the file is no backup, or damaged: then nothing has changed.
    """
    folder = generations.folder
    with _read(file) as archive:
        backup = _first(archive, file)
        with generations.adding(f"{file.name} of generation {backup.generation}") as place:
            _refuse_small_disk(backup, folder)
            for name, (digest, _) in backup.files.items():
                if _copy(_member(archive, name, file), place / name, folder) != digest:
                    raise SourceError(f"Damaged: {name} is not what it was.", source=str(file))
            with told(folder):
                check_store(place)
    return backup, generations.current()


def _opened(generations: Generations, stack: ExitStack) -> tuple[int, datetime, dict[str, IO[bytes]]]:
    """The current generation, when it was made, and its files: opened, they stay readable when it is pruned."""
    while True:
        number = generations.current()
        source = generations.path(number).parent
        try:
            with told(generations.folder):
                files: dict[str, IO[bytes]] = {
                    name: stack.enter_context((source / name).open("rb")) for name in whole_files(source)
                }
                return number, generations.loaded(number), files
        except StoreError:
            if generations.current() == number:
                raise


def _digested(file: IO[bytes]) -> tuple[str, int]:
    digest = hashlib.file_digest(file, "sha256")  # type: ignore[arg-type]  # typeshed asks for a readinto
    return digest.hexdigest(), file.tell()


def _add(archive: tarfile.TarFile, name: str, size: int, file: IO[bytes]) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o644
    archive.addfile(member, file)


@contextmanager
def _read(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with unpacked(file) as content, tarfile.open(fileobj=content, mode="r|") as archive:
            yield archive
    except tarfile.TarError as error:
        raise SourceError(f"Not a backup of pqlod, or a damaged one: {error}.", source=str(file)) from error
    except DAMAGE as error:
        problem = getattr(error, "strerror", None) or error
        raise SourceError(f"Cannot be read: {problem}.", source=str(file)) from error


def _first(archive: tarfile.TarFile, file: Path) -> Backup:
    member = archive.next()
    content = archive.extractfile(member) if member and member.name == FIRST and member.size < MOST_LISTED else None
    if content is None:
        raise SourceError("Not a backup of pqlod.", source=str(file))
    try:
        told_of = json.loads(content.read())
        version = int(told_of["version"])
        files = {name: (str(digest), int(size)) for name, (digest, size) in told_of["files"].items()}
        loaded = datetime.fromisoformat(told_of["loaded"]).isoformat()
        backup = Backup(version, int(told_of["generation"]), loaded, files)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(f"Damaged: its list of files cannot be read ({error}).", source=str(file)) from error
    if version != FORMAT:
        raise SourceError(f"A backup of a store of version {version}; this pqlod reads version {FORMAT}.", source=str(file))
    if strange := next((name for name in files if not NAME.fullmatch(name)), None):
        raise SourceError(f"Damaged: it lists a file {strange!r}.", source=str(file))
    return backup


def _member(archive: tarfile.TarFile, name: str, file: Path) -> IO[bytes]:
    member = archive.next()
    content = archive.extractfile(member) if member and member.name == name else None
    if content is None:
        raise SourceError(f"Damaged: {name} is missing.", source=str(file))
    return content


def _copy(content: IO[bytes], place: Path, folder: Path) -> str:
    """Writes a file of the store in ``folder``; gives its checksum."""
    digest = hashlib.sha256()
    with told(folder):
        place.parent.mkdir(exist_ok=True)
        copy = place.open("xb")
    with copy:
        while part := content.read(AT_ONCE):
            digest.update(part)
            with told(folder):  # only what is written: what cannot be read is the fault of the backup
                copy.write(part)
                copy.flush()
    return digest.hexdigest()


def _refuse_small_disk(backup: Backup, folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if backup.size > free:
        raise StoreError(f"The backup needs {backup.size / 1e6:,.0f} MB, and the disk of {folder} has {free / 1e6:,.0f} MB left.")
