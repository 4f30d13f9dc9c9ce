// What every view is made of: elements, texts in the page's language, times, forms and dialogs. Text becomes text only.

const meta = (name) => JSON.parse(document.querySelector(`meta[name=${name}]`).content);

export const facts = meta("facts"); // what this installation is called and can do
let texts = meta("texts");
let language = document.documentElement.lang;

const chosen = localStorage.getItem("language");
if (facts.languages.includes(chosen) && chosen !== language) {
  texts = await (await fetch(new URL(`${chosen}.json`, import.meta.url))).json();
  document.documentElement.lang = language = chosen;
}

export function choose(wanted) {
  localStorage.setItem("language", wanted);
  location.reload();
}

/** The text of a key, with `values` in the place of `{name}`; the key itself, or `otherwise`, where there is none. */
export const t = (key, values = {}, otherwise = key) =>
  (Object.hasOwn(texts, key) ? texts[key] : otherwise).replace(/{(\w+)}/g, (all, name) => values[name] ?? all);

/** The words behind a prefix that have a text, such as the types of events. */
export const wordsOf = (prefix) => Object.keys(texts).filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));

const SVG = ["svg", "circle", "image", "title"];

/** An element. `properties` that begin with `on` are listeners; false ones are left out; children are nodes or texts. */
export function h(tag, properties = {}, ...children) {
  const element = SVG.includes(tag)
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== undefined && value !== null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(9).filter((each) => each !== undefined && each !== null && each !== false));
  return element;
}

const exact = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60]];

/** A moment by its date. */
export const date = (iso) => h("time", { datetime: iso }, exact.format(new Date(iso)));

/** A moment: near ones by their distance, others by their date. */
export function time(iso) {
  const seconds = (new Date(iso) - Date.now()) / 1000;
  const [unit, length] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ["second", 1];
  if (Math.abs(seconds) >= 7 * 86_400) return date(iso);
  const near = Math.abs(seconds) < 60 ? t("now") : relative.format(Math.round(seconds / length), unit);
  return h("time", { datetime: iso, title: exact.format(new Date(iso)) }, near);
}

export const number = (value) => new Intl.NumberFormat(language).format(value);

/** Says the outcome of what somebody did, also to those who do not see it. */
export function say(text) {
  const status = document.querySelector("[role=status]");
  status.textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => (status.textContent = ""), 8_000);
}

/** What an error says, in the language of the page. */
export const words = (error) =>
  error.code
    ? t(`error.${error.code}`, { seconds: error.retryAfter ?? "" }, error.message)
    : t("error.internal_error");

export const card = (title, ...children) =>
  h("section", { class: "card" }, title && h("h2", {}, t(title)), ...children);

/** A list of `[term, description]`, both keys or nodes. */
export const facts_of = (...pairs) =>
  h("dl", {}, pairs.filter(Boolean).map(([term, value]) => h("div", {}, h("dt", {}, t(term)), h("dd", {}, value))));

export const button = (key, onclick, kind = "") => {
  const element = h("button", { type: "button", class: kind }, t(key));
  element.addEventListener("click", () => busy(element, onclick));
  return element;
};

async function busy(element, work) {
  if (element.getAttribute("aria-disabled")) return;
  element.setAttribute("aria-disabled", true);
  try {
    await work();
  } catch (error) {
    say(words(error));
  } finally {
    element.removeAttribute("aria-disabled");
  }
}

let fields = 0;

/** A labelled field: `name`, `label`, and attributes of `<input>`, or `options` of a `<select>`. */
export function field({ name, label, hint, options, ...attributes }) {
  const id = `${name}-${++fields}`;
  const described = [`${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ");
  const common = { id, name, "aria-describedby": described };
  const input = options
    ? h("select", { ...common, ...attributes }, options.map(([value, text]) => h("option", { value }, text)))
    : h("input", { ...common, type: "text", ...attributes });
  const show = attributes.type === "password" && toggle(input);
  return h(
    "div",
    { class: attributes.type === "checkbox" ? "field check" : "field" },
    h("label", { for: id }, t(label)),
    show ? h("div", { class: "with" }, input, show) : input,
    hint && h("p", { class: "hint", id: `${id}-hint` }, hint),
    h("p", { class: "wrong", id: `${id}-error` }),
  );
}

/** A field for the six digits of a code. */
export const digits = (attributes) =>
  field({ name: "code", label: "code", autocomplete: "one-time-code", inputmode: "numeric", hint: t("code.hint"), ...attributes });

function toggle(input) {
  const element = h("button", { type: "button", class: "plain", "aria-pressed": "false" }, t("show"));
  element.addEventListener("click", () => {
    input.type = input.type === "password" ? "text" : "password";
    element.setAttribute("aria-pressed", input.type === "text");
  });
  return element;
}

/** A form whose `work` gets the values by name. Errors stand at their fields, others above the button. */
export function form(items, submit, work, kind = "primary") {
  const alert = h("p", { class: "wrong", role: "alert" });
  const send = h("button", { class: kind }, t(submit));
  const element = h("form", { novalidate: true }, items, alert, h("p", { class: "actions" }, send));
  const inputs = () => [...element.querySelectorAll("[name]")];
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (send.getAttribute("aria-disabled")) return;
    send.setAttribute("aria-disabled", true);
    alert.textContent = "";
    for (const input of inputs()) wrong(input, "");
    const values = inputs().map((each) => [each.name, each.type === "checkbox" ? each.checked : each.value]);
    try {
      await work(Object.fromEntries(values));
    } catch (error) {
      complain(error, inputs(), alert);
    } finally {
      send.removeAttribute("aria-disabled");
    }
  });
  return element;
}

function complain(error, inputs, alert) {
  const known = inputs.filter((input) => input.id && error.errors?.[input.name]);
  for (const input of known) wrong(input, error.errors[input.name].map(said).join(" "));
  if (!known.length) alert.textContent = words(error);
  else known[0].focus();
}

const said = (text) => t(`said.${text.replace(/\d+/g, "#")}`, text.match(/\d+/g) ?? {}, text);

function wrong(input, text) {
  const place = document.getElementById(`${input.id}-error`);
  if (!place) return; // a field that is not to be seen, such as the address for a password manager
  place.textContent = text;
  if (text) input.setAttribute("aria-invalid", true);
  else input.removeAttribute("aria-invalid");
}

/** Asks in a dialog; resolves once `work` has succeeded: true, or false if it was given up. Without `work` it only tells. */
export function ask({ title, text, items = [], submit, kind = "primary", work }) {
  return new Promise((resolve) => {
    const id = `dialog-${++fields}`;
    const dialog = h("dialog", { "aria-labelledby": id, onclose: () => dialog.remove() || resolve(dialog.returnValue === "done") });
    const content = form(items, submit, async (values) => {
      await work?.(values);
      dialog.close("done");
    }, kind);
    if (work) content.querySelector(".actions").prepend(h("button", { type: "button", onclick: () => dialog.close() }, t("cancel")));
    dialog.append(h("h2", { id }, t(title)), text ? h("p", {}, text) : "", content);
    document.body.append(dialog);
    dialog.showModal();
  });
}

const known = (text) => (text && text !== "unknown" ? text : null);

/** The device of a session in a few words. */
export const described = (session) =>
  [known(session.browser), known(session.os)].filter(Boolean).join(" · ") || known(session.userAgent) || t("device.unknown");

export const marks = (session) =>
  (session.unusual ?? []).map((each) => h("span", { class: "mark-unusual" }, t(`unusual.${each}`)));

export const placeOf = (session) => known(session.location) ?? t("place.unknown");

/** When a session was opened, and by what where that was more than a password. */
export const opened = ({ createdAt, amr = [] }) => {
  const by = amr.filter((each) => each !== "mfa").map((each) => t(`amr.${each}`));
  return [t("sessions.opened"), " ", time(createdAt), by.length > 0 && ` (${by.join(", ")})`];
};

/** Whether an e-mail address is verified. */
export const verifiedMark = (is) => h("span", { class: is ? "tag" : "mark-unusual" }, t(is ? "email.verified" : "email.unverified"));
