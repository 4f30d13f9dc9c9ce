// One's second factors: apps, passkeys and recovery codes.

import { ask, button, card, facts, field, form, h, say, t, time } from "../dom.js";
import { call, show } from "../app.js";

const post = (path, body) => call(path, { method: "POST", ...(body && { body }) });
const name = () => field({ name: "name", label: "factors.name", autocomplete: "off", maxlength: 100 });

export default async function factors() {
  const kept = await call("/profile/factors");
  return [
    h("p", { class: "lead" }, t("factors.text")),
    kept.factors.length
      ? h("ul", { class: "rows" }, kept.factors.map(row))
      : h("p", { class: "empty" }, t("factors.none")),
    h("div", { class: "grid" },
      card("factors.app", form([name()], "factors.add", addApp)),
      facts.passkeys && card("factors.passkey", form([name()], "factors.add", addPasskey)),
    ),
    kept.factors.length > 0 &&
      card("factors.codes", h("p", {}, t("factors.left", { count: kept.recoveryCodesLeft })), button("factors.new", newCodes)),
  ];
}

const row = (factor) =>
  h("li", {},
    h("div", { class: "what" },
      h("strong", {}, factor.name),
      h("p", { class: "quiet" }, t(`factors.kind.${factor.kind}`), " · ", factor.lastUsedAt ? [t("factors.used"), " ", time(factor.lastUsedAt)] : t("factors.never")),
    ),
    button("factors.remove", () =>
      ask({ title: "factors.removing", text: t("factors.others"), submit: "factors.remove", kind: "danger", work: () => remove(factor) }),
    ),
  );

async function remove(factor) {
  await call(`/profile/factors/${factor.factorId}`, { method: "DELETE" });
  await show();
  say(t("factors.removed"));
}

async function addApp(values) {
  const app = await post("/profile/factors/totp", values);
  let added;
  await ask({
    title: "factors.app",
    text: t("factors.scan"),
    items: [
      h("p", {}, h("img", { src: app.qr, alt: t("factors.qr"), width: 200, height: 200 })),
      h("p", {}, t("factors.secret"), ": ", h("code", {}, app.secret)),
      field({ name: "code", label: "factors.code", autocomplete: "one-time-code", inputmode: "numeric", autofocus: true }),
    ],
    submit: "factors.confirm",
    work: async ({ code }) => (added = await post(`/profile/factors/totp/${app.factorId}/confirm`, { code })),
  });
  await finish(added);
}

async function addPasskey(values) {
  const { publicKey } = await post("/profile/factors/passkeys/options");
  const options = PublicKeyCredential.parseCreationOptionsFromJSON(publicKey);
  const made = await navigator.credentials.create({ publicKey: options }).catch(() => null);
  if (!made) throw Object.assign(new Error(), { code: "passkey_given_up" });
  await finish(await post("/profile/factors/passkeys", { ...values, passkey: made.toJSON() }));
}

async function newCodes() {
  await keep((await post("/profile/recovery-codes")).recoveryCodes);
  await show();
}

async function finish(added) {
  if (!added) return;
  if (added.recoveryCodes) await keep(added.recoveryCodes);
  await show();
  say(t("factors.added"));
}

/** Shows recovery codes, once. */
const keep = (codes) =>
  ask({ title: "factors.codes", text: t("factors.keep"), items: codes.map((code) => h("p", {}, h("code", {}, code))), submit: "factors.kept" });
