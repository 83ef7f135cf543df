"""What the views share: settings, the configuration that is served, and its datasets."""

from dataclasses import dataclass

from pqlod.datasets import Datasets
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

    def close(self) -> None:
        """Ends the processes that were started for queries and updates."""
        self.sandbox.close()
        self.pages.close()
        if self.writing:
            self.writing.updater.close()
