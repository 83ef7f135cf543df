"""The static files of pages, and their addresses, each with a digest of what the file holds, so that it may be kept for good."""

from functools import cache
from hashlib import sha256
from importlib.resources import files

FOLDER = "static"


@cache
def static_address(name: str) -> str:
    """The address of a static file, relative to the root of the service; KeyError if there is none of that name."""
    return f"{FOLDER}/{name}?v={static_digest(name)}"


@cache
def static_digest(name: str) -> str:
    """The digest that the address of a file has; KeyError if there is none of that name."""
    return sha256(static_body(name)).hexdigest()[:12]


@cache
def static_body(name: str) -> bytes:
    """What a static file holds; KeyError if there is none of that name."""
    place = files("pqlod").joinpath("web", FOLDER)
    for step in name.split("/"):
        place = next((each for each in place.iterdir() if each.name == step), place) if place.is_dir() else place
        if place.name != step:
            raise KeyError(name)
    if not place.is_file():
        raise KeyError(name)
    return place.read_bytes()
