"""``python -m pqlod`` is the command ``pqlod``."""

from pqlod.cli import main

main()
