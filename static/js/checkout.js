// The checkout without pressing "Update the total", and without typing twice. Works without this file.

const form = document.querySelector("[data-checkout]");
const PRICED = new Set(["region", "postal_code", "shipping"]);
const DRAFT = "checkout";
let asked = 0;

/** Ask for the page with what is typed, and take over what it says about the total. */
async function refreshTotal() {
  const mine = ++asked;
  // Not form.action: a button of that name stands in its way.
  const typed = new FormData(form);
  typed.set("action", "totals");
  const answer = await fetch(form.getAttribute("action"), { method: "POST", body: new URLSearchParams(typed) });
  if (!answer.ok || answer.redirected || mine !== asked) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(part.id);
    if (fresh) part.replaceWith(document.adoptNode(fresh));
  }
}

/** The fields a person types into; not the terms, which are agreed to each time. */
function typedFields() {
  return [...form.elements].filter((field) => field.name && /^(text|email|tel|select-one)$/.test(field.type));
}

/** Keep what is typed for this tab alone, so that a look at the cart costs nothing. */
function keepDraft() {
  const draft = Object.fromEntries(typedFields().map((field) => [field.name, field.value]));
  sessionStorage.setItem(DRAFT, JSON.stringify(draft));
}

/** Fill in what was typed before, where the page has nothing. */
function restoreDraft() {
  const draft = JSON.parse(sessionStorage.getItem(DRAFT) || "{}");
  const empty = typedFields().filter((field) => !field.value && draft[field.name]);
  for (const field of empty) field.value = draft[field.name];
  return empty.length > 0;
}

if (form) {
  document.querySelectorAll("[data-without-script]").forEach((part) => part.remove());
  form.addEventListener("input", keepDraft);
  form.addEventListener("change", (event) => {
    if (PRICED.has(event.target.name)) refreshTotal().catch(() => {});
  });
  const isRestored = restoreDraft();
  // A page that has its total already says so itself; asking again would only repeat it.
  if (isRestored || (form.elements.postal_code?.value && !form.elements.shown_total)) refreshTotal().catch(() => {});
}
