// Draws each chart of a page from the table that is in it. The rows are the data, and a bar leads where the link of its row leads;
// the table stays, folded, for those who cannot see the chart. Where anything fails, the table stays as it is.
import { expressionInterpreter } from "../vendor/vega/vega-interpreter.js";

const { vega, vegaLite } = globalThis;
const MONTHS_WITH_TICKS = 18; // more of them have ticks by the year
const MONTH = 30 * 24 * 3600 * 1000; // milliseconds, about
const ROOM_FOR_NUMBER = 60; // pixels right of the longest bar
const UNITS = { month: "utcyearmonth", year: "utcyear" };
const SPECS = { time: timeSpec, steps: stepsSpec, ranked: rankedSpec };

// Colours are those of css/charts.css, by the classes that Vega gives its marks.
const CONFIG = {
  aria: false,
  background: null,
  view: { stroke: null },
  axis: { labelFontSize: 13, titleFontSize: 13, domain: false, ticks: false, labelPadding: 6, title: null },
};

document.querySelectorAll("figure.chart").forEach(prepare);

async function prepare(figure) {
  const box = figure.querySelector(".box");
  const table = box.querySelector("table");
  const rows = [...table.tBodies[0].rows].map(readRow);
  const picture = document.createElement("div");
  picture.className = "picture";
  picture.setAttribute("aria-hidden", "true"); // the table says all of it, and its links can be reached by keys
  const draw = async () => {
    const { clientWidth: width, clientHeight: height } = picture;
    if (width) picture.replaceChildren(await drawing(figure, rows, width, height)); // it has none while it is folded away
  };

  const folded = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = "As a table";
  folded.append(summary);
  box.prepend(picture);
  try {
    await draw();
  } catch (error) {
    picture.remove();
    throw error;
  }
  folded.append(table);
  box.append(folded);
  box.classList.add("drawn");
  let width = picture.clientWidth;
  new ResizeObserver(() => {
    if (picture.clientWidth !== width) {
      width = picture.clientWidth;
      draw();
    }
  }).observe(picture);
}

function readRow(row) {
  const link = row.querySelector("a");
  return {
    label: link.textContent.trim(),
    begins: link.querySelector("time")?.dateTime ?? null,
    count: Number(row.querySelector("data").value),
    address: link.getAttribute("href"),
    isChosen: row.classList.contains("chosen"),
  };
}

async function drawing(figure, rows, width, height) {
  const font = getComputedStyle(figure).fontFamily;
  const spec = {
    ...SPECS[figure.dataset.shape](rows, width, figure.dataset.unit),
    data: { values: rows },
    width,
    height,
    autosize: { type: "fit", contains: "padding" },
    padding: { left: 0, top: 4, right: 10, bottom: 4 }, // labels reach beyond the bars
    config: { ...CONFIG, font },
  };
  const compiled = vegaLite.compile(spec).spec;
  const view = new vega.View(vega.parse(compiled, null, { ast: true }), { expr: expressionInterpreter, renderer: "none" });
  const text = await view.toSVG();
  view.finalize();
  const svg = document.importNode(new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true);
  const byAddress = new Map(rows.map((row) => [row.address, row]));
  svg.querySelectorAll("a").forEach((link) => finish(link, byAddress.get(link.getAttribute("xlink:href"))));
  return svg;
}

function finish(link, row) {
  const title = document.createElementNS(link.namespaceURI, "title");
  title.textContent = `${row.label}: ${row.count.toLocaleString("en-GB")}`;
  link.prepend(title);
  link.setAttribute("tabindex", "-1");
  link.classList.toggle("chosen", row.isChosen);
}

function timeSpec(rows, width, unit) {
  const months = (new Date(rows.at(-1).begins) - new Date(rows[0].begins)) / MONTH + 1;
  const byYear = unit === "year" || months > MONTHS_WITH_TICKS;
  const axis = { format: byYear ? "%Y" : "%b %Y", tickCount: byYear ? "year" : "month", labelOverlap: true, labelSeparation: 8, grid: false };
  const room = width / (unit === "year" ? months / 12 : months); // of a bar
  const spacing = room > 8 ? 2 : room > 4 ? 1 : 0;
  return columns(rows, { field: "begins", type: "temporal", timeUnit: UNITS[unit], axis }, spacing);
}

function stepsSpec(rows) {
  return columns(rows, { field: "label", type: "ordinal", sort: null, axis: { labelAngle: 0, labelOverlap: true, grid: false } }, 2);
}

// Columns, each with one of full height before it that is not seen: low columns would be hard to hit.
function columns(rows, x, binSpacing) {
  const y = { field: "count", type: "quantitative", axis: { format: ",d", tickCount: 4, tickMinStep: 1 } };
  return {
    encoding: { x },
    layer: [
      { mark: { type: "bar", binSpacing }, encoding: { y } },
      {
        mark: { type: "bar", binSpacing: 0, fillOpacity: 0 },
        encoding: { y: { datum: Math.max(...rows.map((row) => row.count)) }, href: { field: "address" } },
      },
    ],
  };
}

function rankedSpec(rows, width) {
  const most = Math.max(...rows.map((row) => row.count));
  const share = Math.min(0.5, 260 / width); // of the width, for labels
  const end = most * (1 + ROOM_FOR_NUMBER / Math.max(width * (1 - share) - ROOM_FOR_NUMBER, 1));
  const axis = { labelLimit: width * share, minExtent: 0 };
  const x = { field: "count", type: "quantitative", scale: { domain: [0, end], nice: false }, axis: null };
  return {
    encoding: { y: { field: "label", type: "nominal", sort: null, axis, scale: { paddingInner: 0.3, paddingOuter: 0.1 } }, href: { field: "address" } },
    layer: [
      { mark: { type: "bar" }, encoding: { x } },
      { mark: { type: "text", align: "left", dx: 6, fontSize: 13 }, encoding: { x, text: { field: "count", format: ",.1~f" } } },
      { mark: { type: "bar", fillOpacity: 0 }, encoding: { x: { ...x, datum: end, field: undefined } } },
    ],
  };
}
