// The editor of posts. Every page works without this file; it only makes writing quicker and safer.
// Not a module: an import map must stand before the first module, and this before the editor.
{
  const root = document.querySelector("[data-post-editor]");
  const form = root.querySelector("#post_form");
  const panel = root.querySelector("[data-panel]");
  const editors = new Map();
  const OURS = /^\/blog\/pictures\/[0-9a-f]{20}\/$/;

  const make = (name, attributes = {}, ...children) => {
    const element = Object.assign(document.createElement(name), attributes);
    element.append(...children);
    return element;
  };
  const tell = (text, ...more) => {
    const notice = make("div", { className: "notice notice-warn" }, make("p", {}, text, ...more));
    notice.setAttribute("role", "status");
    form.before(notice);
    return notice;
  };

  // The library would write a style sheet into the page, which our policy forbids; but it looks for a <style>
  // of its own first, and an element of that name in no namespace will do. Its rules are in post-editor.css.
  const itsStyle = document.createElementNS(null, "style");
  itsStyle.setAttribute("data-tiptap-style", "");
  document.head.append(itsStyle);

  // ------------------------------------------------------------------- the rich text and its names

  const nameParts = (textarea, editor) => {
    const area = editor.view.dom;
    const label = document.querySelector(`label[for="${textarea.id}"]`);
    const help = document.getElementById(`${textarea.id}_helptext`);
    if (label) {
      label.id ||= `${textarea.id}_label`;
      area.setAttribute("aria-labelledby", label.id);
      label.addEventListener("click", () => editor.commands.focus());
    }
    if (help) area.setAttribute("aria-describedby", help.id);
    const bar = area.parentElement.querySelector(".prose-menubar");
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", "Text tools");
    const nameStyle = () => {
      for (const button of bar.querySelectorAll(".prose-menubar__selected button")) {
        const style = button.title ? `: ${button.title}` : "";
        button.setAttribute("aria-label", `Paragraph style${style}`);
      }
    };
    nameStyle();
    editor.on("transaction", nameStyle);
  };

  // What is pasted keeps its structure. Its pictures come from elsewhere: the server would take them out as
  // well, but later.
  // Styles go before anything is parsed: they would be lost anyway, but our policy would complain of each.
  const STYLES = /<style[\s\S]*?<\/style>|<!--[\s\S]*?-->|\sstyle\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi;
  const withoutStrangers = (html) => {
    const plain = html.replace(STYLES, "").replace(/(<\/?)h1\b/gi, "$1h2").replace(/(<\/?)h[4-6]\b/gi, "$1h3");
    const pasted = new DOMParser().parseFromString(plain, "text/html");
    const strangers = [...pasted.images].filter((image) => !OURS.test(image.getAttribute("src")));
    for (const image of strangers) image.remove();
    if (strangers.length) {
      tell("Pictures from elsewhere were left out. Add them to the library first: see “Pictures for the text”.");
    }
    return pasted.body.innerHTML;
  };

  // A paragraph that begins with * is a call-out. The library would make a list of it, as of a hyphen.
  const keepStar = (view, from, to, text) => {
    const { parent, parentOffset } = view.state.doc.resolve(from);
    const isStar = parent.type.name === "paragraph" && parent.textBetween(0, parentOffset) === "*";
    if (text !== " " || !isStar) return false;
    view.dispatch(view.state.tr.insertText(text, from, to));
    return true;
  };

  document.addEventListener("prose-editor:ready", ({ target, detail: { editor } }) => {
    editors.set(target, editor);
    editor.setOptions({ editorProps: { transformPastedHTML: withoutStrangers, handleTextInput: keepStar } });
    editor.on("create", () => nameParts(target, editor));
  });

  /** Give the boxes to choose from, which the admin draws by Select2, the names of their fields. */
  const nameChoices = () => {
    for (const field of form.querySelectorAll("select.select2-hidden-accessible")) {
      const [label] = field.labels;
      const box = field.nextElementSibling;
      const search = box?.querySelector(".select2-search__field");
      const shown = box?.querySelector("[role=textbox]");
      if (!label || !box) continue;
      label.id ||= `${field.id}_label`;
      search?.setAttribute("aria-labelledby", label.id);
      if (!shown) continue;
      box.querySelector("[role=combobox]").setAttribute("aria-labelledby", `${label.id} ${shown.id}`);
      shown.removeAttribute("role");
      shown.removeAttribute("aria-readonly");
    }
  };
  document.addEventListener("formset:added", () => setTimeout(nameChoices));

  // --------------------------------------------------------------------------- lengths while typing

  for (const field of form.querySelectorAll("[data-most-words], [data-most-characters]")) {
    const { mostWords, mostCharacters } = field.dataset;
    const meter = make("p", { className: "help meter" });
    const measure = () => {
      const text = field.value.trim();
      const count = mostWords ? text.split(/\s+/).filter(Boolean).length : text.length;
      const most = Number(mostWords || mostCharacters);
      meter.textContent = `${count} of ${most} ${mostWords ? "words" : "characters"}`;
      meter.classList.toggle("too-long", count > most);
    };
    field.after(meter);
    field.addEventListener("input", measure);
    measure();
  }

  // ---------------------------------------------------------------------------- what is found in it

  let isChecking = false;
  let isBehind = false;
  const check = async () => {
    if (panel.contains(document.activeElement)) return;
    isBehind = isChecking;
    if (isChecking) return;
    isChecking = true;
    try {
      const answer = await fetch(root.dataset.readiness, { method: "POST", body: new FormData(form) });
      if (answer.ok) panel.innerHTML = await answer.text();
    } catch {
      // Without a connection the panel stays as it was.
    }
    isChecking = false;
    // What was typed during the wait has not been looked at.
    if (isBehind) check();
  };

  /** Select the words of `excerpt` in a rich text. */
  const select = (editor, excerpt) => {
    const words = excerpt.replaceAll("…", "").trim().slice(0, 60);
    let place = null;
    editor.state.doc.descendants((node, position) => {
      const at = node.isTextblock && words ? node.textContent.indexOf(words) : -1;
      if (place === null && at >= 0) place = { from: position + 1 + at, to: position + 1 + at + words.length };
    });
    editor.chain().focus().setTextSelection(place ?? 0).scrollIntoView().run();
    editor.view.dom.scrollIntoView({ block: "nearest" });
    return place !== null;
  };

  panel.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const target = link && document.getElementById(link.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    const excerpt = link.dataset.excerpt ?? "";
    const fields = target.matches("input, textarea, select")
      ? [target]
      : [...target.querySelectorAll("textarea, input:not([type=hidden]), select")].filter(
          (field) => !field.id.includes("__prefix__"),
        );
    for (const field of fields) {
      if (editors.has(field) && select(editors.get(field), excerpt)) return;
    }
    const field = fields.find((each) => excerpt && each.value?.includes(excerpt)) ?? fields[0];
    if (editors.has(field)) return;
    const seen = field?.classList.contains("select2-hidden-accessible")
      ? field.parentElement.querySelector(".select2-selection")
      : field;
    (seen ?? target).scrollIntoView({ block: "center" });
    seen?.focus();
    const at = excerpt ? (field.value?.indexOf(excerpt) ?? -1) : -1;
    if (at >= 0) field.setSelectionRange?.(at, at + excerpt.length);
  });

  // ------------------------------------------------------------------------- pictures of the library

  for (const item of root.querySelectorAll("[data-picture]")) {
    const { picture } = item.dataset;
    const insert = make("button", { type: "button", className: "button secondary" }, "Insert");
    insert.addEventListener("click", () => {
      const content = [{ type: "image", attrs: { src: picture, alt: "" } }];
      const body = editors.get(document.getElementById("id_body"));
      body?.chain().focus().insertContent({ type: "figure", content }).run();
    });
    item.append(insert);
  }

  // ------------------------------------------------- what is typed is kept in this browser until it is saved

  const PREFIX = `post-editor:${root.dataset.post}:`;
  const SENT = "post-editor:sent";
  const key = `${PREFIX}${form.elements.opened_version?.value ?? 0}`;
  let stored = "";
  let kept = "";
  let isLeaving = false;

  const fields = () => {
    const data = new URLSearchParams(new FormData(form));
    data.delete("csrfmiddlewaretoken");
    return data.toString();
  };
  const isDirty = () => root.hasAttribute("data-unsaved") || fields() !== stored;

  const keep = () => {
    const now = fields();
    if (now === kept || !isDirty()) return;
    kept = now;
    try {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields: now }));
    } catch {
      // A full or forbidden store: then nothing is kept.
    }
    check();
  };

  /** Show on the page what was kept: the server draws the form with it and saves nothing. */
  const putBack = (draft) => {
    const sent = make("form", { method: "post", action: location.pathname, hidden: true });
    const values = [...new URLSearchParams(draft.fields), ["_check", "1"]];
    const token = form.elements.csrfmiddlewaretoken.value;
    for (const [name, value] of [...values, ["csrfmiddlewaretoken", token]]) {
      sent.append(make("input", { type: "hidden", name, value }));
    }
    document.body.append(sent);
    isLeaving = true;
    sent.submit();
  };

  const offer = () => {
    for (const name of Object.keys(localStorage).filter((each) => each.startsWith(PREFIX))) {
      const draft = JSON.parse(localStorage.getItem(name));
      if (draft.fields === stored) {
        localStorage.removeItem(name);
        continue;
      }
      const at = new Date(draft.at);
      const day = at.toDateString() === new Date().toDateString() ? "" : ` on ${at.toLocaleDateString()}`;
      const time = at.toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
      const back = make("button", { type: "button", className: "button" }, "Put it back");
      const away = make("button", { type: "button", className: "button secondary" }, "Throw it away");
      const notice = tell(`We kept what you typed at ${time}${day}; it was not saved. `, back, " ", away);
      back.addEventListener("click", () => putBack(draft));
      away.addEventListener("click", () => {
        localStorage.removeItem(name);
        notice.remove();
      });
    }
  };

  const start = () => {
    stored = kept = fields();
    const address = new URL(location);
    if (address.searchParams.has("saved")) {
      localStorage.removeItem(sessionStorage.getItem(SENT));
      address.searchParams.delete("saved");
      history.replaceState(null, "", address);
    }
    if (!root.hasAttribute("data-unsaved")) offer();
    setInterval(keep, 5000);
    let timer = 0;
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(check, 1500);
    });
    form.addEventListener("submit", () => {
      isLeaving = true;
      sessionStorage.setItem(SENT, key);
    });
    addEventListener("beforeunload", (event) => {
      if (!isLeaving && isDirty()) event.preventDefault();
    });
  };
  // Behind Django's own scripts, which wait for the same moment to draw their boxes.
  django.jQuery(() => {
    nameChoices();
    if (form.elements.opened_version) start();
  });
}
