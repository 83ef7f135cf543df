// What is wrong with the page as it is shown, a line for each fault. Evaluated by inspection.py.
() => {
  const faults = [];
  const must = (holds, fault) => holds || faults.push(fault);
  const named = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 120);

  must(document.documentElement.lang === "en", "the language of the page is not told");
  must(document.title.trim(), "no title");
  must(document.querySelectorAll("h1").length === 1, `${document.querySelectorAll("h1").length} headings of the first level`);
  must(document.querySelector("main"), "no main part");
  must(document.querySelector("meta[name=viewport]"), "no viewport for phones");
  for (const image of document.querySelectorAll("img")) {
    must(image.width && image.height && image.hasAttribute("width"), `the size of an image is not told: ${named(image)}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) must(false, `more than one has the id ${id}`);
  for (const element of document.querySelectorAll("main [style]")) {
    must(element.closest(".picture, .yasgui, svg"), `a style in the page: ${named(element)}`);
  }
  for (const link of document.querySelectorAll("a[href^='#']")) {
    const target = link.getAttribute("href").slice(1);
    must(!target || document.getElementById(target), `leads to nothing here: ${named(link)}`);
  }
  for (const element of document.querySelectorAll("main p, main li, main dd, main td, main h1, main h2, main h3")) {
    const text = element.textContent;
    must(!/\b(undefined|None|NaN|\[object)\b/.test(text) || element.children.length || text.length > 80, `looks like a value of the program: ${named(element)}`);
  }
  return faults;
}
