"""pqlod: the UK Parliament's questions and answers as Linked Data."""

__version__ = "0.1.0"
