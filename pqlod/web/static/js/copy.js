// A button beside each text that is there to be copied. Without it, texts can be selected as ever.
for (const text of document.querySelectorAll(".copies pre")) {
  if (!navigator.clipboard) break; // only pages of this machine or over HTTPS have one
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.setAttribute("aria-label", `Copy: ${text.closest("dd").previousElementSibling.textContent}`);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text.textContent);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  text.after(button);
}
