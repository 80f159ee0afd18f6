// Small conveniences. Every page works without this file.

/** The number of packs in the cart, from the readable cookie; 0 when there is none. */
function cartCount() {
  const found = document.cookie.match(/(?:^|;\s*)cart_count=(\d{1,4})/);
  return found ? Number(found[1]) : 0;
}

/** Public pages are the same for everybody, so the count is written in here. */
function showCartCount() {
  const count = cartCount();
  for (const mark of document.querySelectorAll("[data-cart-count]")) {
    const words = document.createElement("span");
    words.className = "visually-hidden";
    words.textContent = count === 1 ? " pack" : " packs";
    mark.replaceChildren(String(count), words);
    mark.hidden = count === 0;
  }
}

/** A form marked data-once is sent once: a second press within 8 seconds is ignored. */
function sendOnce(event) {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  const now = Date.now();
  if (now - Number(form.dataset.sentAt || 0) < 8000) {
    event.preventDefault();
    return;
  }
  form.dataset.sentAt = String(now);
  event.submitter?.setAttribute("aria-disabled", "true");
}

/** After the Back button the page comes from memory: make its buttons usable again. */
function wakeForms() {
  for (const form of document.querySelectorAll("[data-once]")) {
    delete form.dataset.sentAt;
    form.querySelector("[aria-disabled]")?.removeAttribute("aria-disabled");
  }
}

const dollars = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });

/** Price times packs, beside the button: [data-live-total] inside the same form. */
function showLiveTotal(form) {
  const target = form?.querySelector("[data-live-total]");
  const chosen = form?.querySelector("[data-price-cents]:checked");
  const packs = Number(form?.querySelector("[data-quantity]")?.value || 1);
  if (!target || !chosen || !Number.isInteger(packs) || packs < 1) return;
  target.textContent = dollars.format((Number(chosen.dataset.priceCents) * packs) / 100);
}

/** What was typed at the checkout (checkout.js keeps it in this tab) is not needed after the order. */
function forgetDraft() {
  if (document.querySelector("[data-order-settled]")) sessionStorage.removeItem("checkout");
}

document.addEventListener("submit", sendOnce);
document.addEventListener("input", (event) => showLiveTotal(event.target.form));
addEventListener("pageshow", () => {
  showCartCount();
  forgetDraft();
  wakeForms();
  document.querySelectorAll("[data-live-total]").forEach((mark) => showLiveTotal(mark.closest("form")));
});
document.querySelector("[data-error-summary]")?.focus();
