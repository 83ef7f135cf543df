"""Pictures of the main pages, on a phone, a tablet and a wide screen, and of some in the dark: ``make screenshots``."""

import argparse
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from inspection import MAIN_PAGES, opened
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from pqlod.app import running_app
from pqlod.loading import load
from pqlod.sample import sample_files
from pqlod.settings import Settings

WIDTHS = (390, 768, 1440)
IN_THE_DARK = ("home", "found", "question", "member", "sparql")
TALLEST = 6000  # pixels; long pages are cut


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, help="folder of a store; without one, the sample is loaded into a new one")
    parser.add_argument("--output", type=Path, default=Path("build/screenshots"), help="folder of the pictures")
    parser.add_argument("pages", nargs="*", metavar="PAGE", help=f"which pages, of {', '.join(MAIN_PAGES)}; without any, all")
    given = parser.parse_args()
    if unknown := set(given.pages) - MAIN_PAGES.keys():
        parser.error(f"no main page is called {', '.join(sorted(unknown))}")
    chromium = shutil.which("chromium") or sys.exit("needs chromium, such as Debian's package of that name")
    given.output.mkdir(parents=True, exist_ok=True)
    with served(given.store) as root, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-quic"])
        for scheme in ("light", "dark"):
            for name in given.pages or MAIN_PAGES:
                if scheme == "dark" and name not in IN_THE_DARK:
                    continue
                page = browser.new_page(base_url=root, color_scheme=scheme, viewport={"width": 1440, "height": 900})
                opened(page, MAIN_PAGES[name])
                for width in WIDTHS:
                    page.set_viewport_size({"width": width, "height": 900})
                    page.wait_for_timeout(300)  # charts are drawn anew
                    tall = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
                    file = given.output / f"{name}-{width}{'-dark' * (scheme == 'dark')}.png"
                    page.screenshot(path=file, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": tall})
                    print(file)
                page.close()
        browser.close()


@contextmanager
def served(store: Path | None) -> Iterator[str]:
    """The root of a server of the store, in a thread, while the context lasts."""
    with TemporaryDirectory() as folder:
        if store is None:
            store = Path(folder) / "sample"
            load(sample_files(), store)
        with running_app(Settings(store=store, log_level="warning")) as app:
            server = make_server("127.0.0.1", 0, app, threaded=True)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_port}"
            server.shutdown()


if __name__ == "__main__":
    main()
