"""Where the files beside the program are: ``ontology/``, ``queries/`` and ``data/sample/``, in a checkout and in a wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
IN_WHEEL = PACKAGE / "_assets"
IN_CHECKOUT = PACKAGE.parent


def asset(name: str) -> Path:
    """The path of a file or folder, named as in a checkout (``asset("ontology/api.ttl")``); FileNotFoundError if missing."""
    for root in (IN_WHEEL, IN_CHECKOUT):
        if (root / name).exists():
            return root / name
    raise FileNotFoundError(f"pqlod is installed without its file {name}.")
