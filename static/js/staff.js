// Small conveniences for staff. Every page works without this file.

/** A button to print, in place of the words that say how. */
for (const place of document.querySelectorAll("[data-print]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Print";
  button.addEventListener("click", () => window.print());
  place.replaceChildren(button);
}

/** After a form was refused, start at the list of what is wrong. */
document.querySelector("[data-error-summary]")?.focus();
