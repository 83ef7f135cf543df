"""Times lists of pqlod's own API over a store, without HTTP: what is found, which way, and the time and processor time it takes.

    python bench/requests.py --store ./store
    python bench/requests.py --store ./store --without-index    the same by SPARQL alone

Each address is asked once unmeasured, then again until it was asked 30 times, or for five seconds.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from pqlod.app import running_app
from pqlod.lda import pages
from pqlod.settings import Settings
from pqlod.store.embedded import EmbeddedDataset

TIMES, SECONDS = 30, 5.0
LINES = {
    "first page by date": "/commonswrittenquestions.json",
    "page in the middle": "/commonswrittenquestions.json?_page={middle}",
    "last page": "/commonswrittenquestions.json?_page={last}",
    "another order": "/commonswrittenquestions.json?_sort=uin&_page={middle}",
    "month and department": "/answeredquestions.json?min-dateTabled={month}-01&max-dateTabled={month}-28&AnsweringBody={body}",
    "month, by the list for it": "/commonswrittenquestions/tabled.json?startDate={month}-01&endDate={month}-28",
    "one member": "/commonswrittenquestions.json?tablingMember={member}",
    "one member by name": "/commonswrittenquestions.json?tablingMember.label={name}",
    "answered, by date": "/answeredquestions.json",
    "answers": "/commonsansweredquestions.json",
    "answered on a day": "/answeredquestions.json?answer.dateOfAnswer={day}",
    "two words": "/commonswrittenquestions.json?_search=housing+schools",
    "a frequent word and department": "/commonswrittenquestions.json?_search=health&AnsweringBody={body}",
    "part of a department's name": "/commonswrittenquestions/answeringdepartment.json?q=education",
    "a page of 500": "/commonswrittenquestions.json?_pageSize=500",
    "members": "/members.json",
}


def main() -> None:
    """Prints a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--without-index", action="store_true")
    options = parser.parse_args()
    if options.without_index:
        EmbeddedDataset.values = property(lambda self: None)  # type: ignore[assignment,method-assign]
    with running_app(Settings(store=options.store, log_level="error")) as app:
        client = app.test_client()
        print("| list | items | way | median ms | worst ms | CPU ms |\n| --- | ---: | --- | ---: | ---: | ---: |")
        known = facts(client)
        for line, address in LINES.items():
            path = address.format(**known)
            total, way = told(client, path)
            times, processor_times = zip(*timed(partial(client.get, path)), strict=True)
            median, processor = statistics.median(times), statistics.median(processor_times)
            print(f"| {line} | {total:,} | {way} | {median:.1f} | {max(times):.1f} | {processor:.1f} |", flush=True)


def facts(client: FlaskClient) -> dict[str, object]:
    """Values that the store has: those of an answered question, and of the member who put it."""
    total = json_of(client, "/commonswrittenquestions.json")["totalResults"]
    (question,) = json_of(
        client, "/answeredquestions.json?_page=300&_pageSize=1&_view=description&_properties=answer.dateOfAnswer"
    )["items"]
    member = question["tablingMember"]
    about = member["_about"] if isinstance(member, dict) else member
    return {
        "middle": total // 20,
        "last": (total - 1) // 10,
        "month": question["dateTabled"]["_value"][:7],
        "day": question["answer"]["dateOfAnswer"]["_value"],
        "body": question["AnsweringBody"][0]["_value"],
        "member": about,
        "name": json_of(client, f"/members/{about.rpartition('/')[2]}.json")["primaryTopic"]["label"]["_value"],
    }


def json_of(client: FlaskClient, path: str) -> Any:
    return client.get(path).get_json()["result"]


def told(client: FlaskClient, path: str) -> tuple[int, str]:
    """How many items the list has, and whether the index found them."""
    separator = "&" if "?" in path else "?"
    result = json_of(client, f"{path}{separator}_metadata=execution")
    return result["totalResults"], "SPARQL" if "SPARQL" in result["wasResultOf"]["plan"] else "index"


def timed(ask: Callable[[], object]) -> Iterator[tuple[float, float]]:
    """The milliseconds of each time, by the clock and of this process's processor time; totals are counted anew."""
    end = time.perf_counter() + SECONDS
    for _ in range(TIMES):
        pages._totals.clear()
        started, processor_started = time.perf_counter(), time.process_time()
        ask()
        yield (time.perf_counter() - started) * 1000, (time.process_time() - processor_started) * 1000
        if time.perf_counter() > end:
            return


if __name__ == "__main__":
    main()
