"""What the views share: settings, the configuration that is served, and its datasets."""

from dataclasses import dataclass

from pqlod.datasets import Datasets
from pqlod.lda.model import Source
from pqlod.live import LiveConfiguration
from pqlod.settings import Settings
from pqlod.store.sandbox import Sandbox
from pqlod.web.writing import Writing


@dataclass(frozen=True)
class Service:
    """One process's share of the running service."""

    settings: Settings
    configuration: LiveConfiguration
    datasets: Datasets
    sandbox: Sandbox
    pages: Sandbox
    writing: Writing | None = None
    """None where writing is off."""

    def version(self, source: Source, *others: Source, generation: int | None = None) -> str:
        """The version of what a page of these sources is made from now; "" where that is not known, or changes just now."""
        versions = self.datasets.version(source, generation), *map(self.datasets.version, others)
        return joined(self.configuration.current().version, *versions)

    def close(self) -> None:
        """Ends the processes that were started for queries and updates."""
        self.sandbox.close()
        self.pages.close()
        if self.writing:
            self.writing.updater.close()


def joined(*versions: str) -> str:
    """One version of several things; "" if that of any is not known."""
    return " ".join(versions) if all(versions) else ""
