// Makes an editor of the plain form: Yasgui, which knows our vocabulary and asks this service and no other.
const { Yasgui } = globalThis;
const { Yasqe } = Yasgui;
const form = document.querySelector("form.query");
const known = JSON.parse(document.getElementById("vocabulary").textContent);
const endpoint = form.action;

complete("class", "classes", known.classes);
complete("property", "properties", known.properties);
complete("prefixes", "own-prefixes", Object.entries(known.prefixes).map(([prefix, iri]) => `${prefix}: <${iri}>`).sort());

const place = document.createElement("div");
const tabs = document.createElement("div");
tabs.setAttribute("role", "tablist");
tabs.setAttribute("aria-label", "Queries");
form.replaceWith(tabs, place);
const editor = new Yasgui(place, {
  persistenceId: `pqlod-${endpoint}`,
  copyEndpointOnNewTab: false,
  requestConfig: { endpoint, method: "POST" },
  endpointCatalogueOptions: { getData: () => [], keys: [], renderItem: () => {} },
  populateFromUrl: (tab) => ({ ...tab, requestConfig: { ...tab.requestConfig, endpoint } }), // a link names no other service
  yasqe: {
    value: form.elements.query.value.trimStart(),
    prefixCcApi: null,
    autocompleters: ["variables", "classes", "properties", "own-prefixes"],
  },
  yasr: { prefixes: known.prefixes },
});
editor.on("tabAdd", () => setTimeout(name));
editor.on("tabSelect", () => setTimeout(name));
editor.on("queryResponse", () => setTimeout(name));
name();

document.querySelectorAll("a.example").forEach((link) =>
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const query = new URL(link.href).searchParams.get("query");
    const tab = editor.addTab(true, { name: link.textContent, yasqe: { value: query } }, { avoidDuplicateTabs: true });
    place.scrollIntoView({ block: "start" });
    tab.query().catch(() => {}); // what is wrong is shown with the result
  }),
);

// What the data tell of has its document here, whatever has become of the host that its IRI names.
place.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest("a.iri");
    const iri = link?.getAttribute("href") ?? "";
    if (iri.startsWith(known.host)) link.href = new URL(`id/${iri.slice(known.host.length)}`, endpoint).href;
  },
  true,
);

// Yasgui's own completions ask services elsewhere; ours are all in the page.
function complete(kind, name, terms) {
  Yasqe.forkAutocompleter(kind, { name, get: () => terms, bulk: true, autoShow: kind === "prefixes", persistenceId: null }, false);
}

// What Yasgui leaves without a name. Its list of tabs holds a button, too, which no list of tabs may: another has the tabs alone.
function name() {
  const list = place.querySelector(".tabsList");
  list.removeAttribute("role");
  tabs.setAttribute("aria-owns", [...list.querySelectorAll("[role=tab]")].map((tab) => tab.id).join(" "));
  const names = {
    ".CodeMirror textarea": "Query",
    ".autocompleteWrapper input": "Address of the SPARQL service",
    "button.yasqe_queryButton": "Run the query",
    "button.yasr_btn.yasr_external_ref_btn": "Help of Yasgui",
    ".tableSizer": "Rows on a page",
  };
  for (const [selector, words] of Object.entries(names)) {
    place.querySelectorAll(selector).forEach((element) => element.setAttribute("aria-label", words));
  }
}
