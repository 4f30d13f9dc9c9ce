// The frame around the views, which view a path shows, and the calls of the API.

import { AuthClient, SignedOut } from "./auth-client.js";
import { choose, facts, h, say, t } from "./dom.js";

const VIEWS = {
  account: [
    "security", "sessions", "history", "password", facts.mail && "email", facts.factors && "factors", "keys", "data",
  ].filter(Boolean),
  admin: ["users", "audit", "figures"],
};
const OPEN = ["register", "invitation", ...(facts.mail ? ["forgot", "reset", "registration"] : [])]; // for people who are not logged in
const SUMMARISING = ["security", "email"]; // views that ask who is logged in themselves
const HIDDEN = { user: "users" }; // without a link of their own: below which they are

export const auth = new AuthClient({ base: facts.base });
export let user = null; // who is logged in; null: nobody

/** A refusal of the API. */
class Refusal extends Error {
  constructor(answer, body) {
    super(body.message ?? answer.statusText);
    Object.assign(this, body, { retryAfter: Number(answer.headers.get("Retry-After")) || undefined });
  }
}

/** A call of the API: the answer's JSON. One that wants to know who is there asks that first, and is sent again. */
export async function call(path, { body, ...options } = {}) {
  const json = body && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await auth.fetch(path, { ...options, ...json });
  const parsed = await answer.json().catch(() => ({}));
  if (answer.ok) return parsed;
  const again = parsed.code === "fresh_authentication_required" && (await (await import("./confirm.js")).confirmed());
  if (again) return call(path, { body, ...options });
  throw new Refusal(answer, parsed);
}

/** A call that needs no login. */
export async function callOpenly(path, body) {
  const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(facts.base + path, options);
  const parsed = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refusal(answer, parsed);
  return parsed;
}

/** Logs in. Throws what a form can show. */
export async function logIn(email, password) {
  const answer = await auth.logIn(email, password);
  if (answer.code !== "second_factor_required") return enter(answer);
  const { secondStep } = await import("./account/second.js");
  await secondStep(answer);
}

/** Who is logged in, in which session, and how the account is protected. */
export async function summary() {
  const answer = await call("/profile/security");
  user = answer.user;
  return answer;
}

/** Takes the answer of a login over. Throws what a form can show. */
export function enter(answer) {
  if (!answer.ok) throw Object.assign(new Error(answer.message), answer);
  user = answer.user;
}

/** The address of a view of this page. */
export const link = (page, view, query = "") => `${facts.base}/${page}/${view}${query}`;

/** Goes to a view without loading the page anew; what it is given is in no address, and gone with a reload. */
export function go(address, given) {
  history.pushState(null, "", address);
  return show(given);
}

/** Logs in whoever has just set a password, and says what is `done`; if that fails, the log-in view says why. */
export async function welcome(email, password, done) {
  const refused = await logIn(email, password).catch((error) => error);
  await go(link("account", "security"), refused);
  if (done) say(t(done));
}

/** Shows the view of a user who has changed. */
export function renew() {
  user = null;
  return show();
}

function place() {
  const [page, view] = location.pathname.slice(facts.base.length + 1).split("/");
  return { page, view: !view || view === "login" ? VIEWS[page][0] : view };
}

const main = h("main", { id: "main" });
const nav = h("nav", { "aria-label": t("views") });
const who = h("p", { class: "who" });
let turn = 0;

/** Shows the view of the present path. A view that is slower than the next one is dropped. */
export async function show(notice) {
  const mine = ++turn;
  const { page, view } = place();
  main.ariaBusy = "true";
  const content = await contentOf(page, view, notice).catch((error) => failure(error));
  if (mine !== turn) return;
  frame(page, content.view === "failed" ? view : (HIDDEN[content.view] ?? content.view));
  const title = h("h1", { tabindex: "-1" }, t(`view.${content.view}`));
  main.replaceChildren(title, ...[content.nodes].flat(9).filter(Boolean));
  main.ariaBusy = null;
  document.title = `${title.textContent} – ${facts.name}`;
  (main.querySelector("[autofocus]") ?? title).focus();
  scrollTo(0, 0);
}

async function contentOf(page, view, notice) {
  if (page === "account" && OPEN.includes(view)) return load(page, view, notice);
  if (![...VIEWS[page], ...Object.keys(HIDDEN)].includes(view)) {
    user ??= await call("/profile").then((answer) => answer.user, () => null); // for the frame
    return { view: "missing", nodes: h("p", { class: "empty" }, t("missing.text")) };
  }
  import(`./${page}/${view}.js`).catch(() => {}); // while the session is looked after
  try {
    if (!SUMMARISING.includes(view)) user ??= (await call("/profile")).user;
    return await load(page, view);
  } catch (error) {
    if (!(error instanceof SignedOut)) throw error;
    user = null;
    return load("account", "login", notice ?? error);
  }
}

async function load(page, view, notice) {
  if (page === "admin" && user.role !== "admin") return { view, nodes: h("p", { class: "empty" }, t("error.forbidden")) };
  const { default: draw } = await import(`./${page}/${view}.js`);
  return { view, nodes: await draw(notice) };
}

function failure(error) {
  const again = h("button", { type: "button", class: "primary", onclick: () => show() }, t("again"));
  const text = error.code ? t(`error.${error.code}`, { seconds: error.retryAfter ?? "" }, error.message) : t("error.network");
  return { view: "failed", nodes: [h("p", { role: "alert", class: "notice" }, text), h("p", {}, again)] };
}

function frame(page, shown) {
  const closed = page === "admin" && user?.role !== "admin";
  const views = !user ? ["login", facts.registration && "register"].filter(Boolean) : closed ? [] : VIEWS[page];
  const item = (each) =>
    h("li", {}, h("a", { href: link(OPEN.includes(each) ? "account" : page, each), "aria-current": each === shown && "page" }, t(`view.${each}`)));
  const other = page === "admin" ? "account" : "admin";
  const across = user && (page === "admin" || user.role === "admin");
  nav.replaceChildren(
    h("ul", {}, views.map(item), across && h("li", { class: "across" }, h("a", { href: `${facts.base}/${other}` }, t(`page.${other}`)))),
  );
  nav.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  who.replaceChildren(...(user ? [h("span", {}, user.email), h("button", { type: "button", onclick: leave }, t("logout"))] : []));
}

async function leave() {
  try {
    await auth.logOut();
  } catch (error) {
    say(t(`error.${error.code}`));
  }
}

auth.addEventListener("signedout", ({ detail }) => {
  if (!user) return;
  user = null;
  for (const dialog of document.querySelectorAll("dialog")) dialog.close();
  say("");
  show({ code: detail });
});

auth.addEventListener("signedin", ({ detail }) => {
  if (main.ariaBusy || user?._id === detail || OPEN.includes(place().view)) return;
  user = null; // in another tab somebody logged in, or somebody else
  show();
});

addEventListener("popstate", () => show());
document.addEventListener("click", (event) => {
  const target = event.target.closest("a[href]");
  if (!target || event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  if (!target.matches("nav a, main a, header a") || target.origin !== location.origin) return;
  event.preventDefault();
  go(target.href);
});

const others = facts.languages.filter((each) => each !== document.documentElement.lang);
document.body.replaceChildren(
  h("a", { class: "skip", href: "#main", onclick: (event) => (event.preventDefault(), main.querySelector("h1").focus()) }, t("skip")),
  h("header", {}, h("a", { class: "brand", href: `${facts.base}/account` }, h("span", { class: "mark", "aria-hidden": "true" }), facts.name), who),
  h("div", { class: "page" }, nav, main),
  h("footer", {}, others.map((each) => h("button", { type: "button", class: "plain", lang: each, onclick: () => choose(each) }, t(`language.${each}`)))),
  h("p", { role: "status", "aria-live": "polite" }),
);
show();
