// What is stored about oneself: taking it along, and deleting it.

import { ask, button, card, field, h, t } from "../dom.js";
import { call, link, user } from "../app.js";

export default function data() {
  return [
    card("data.export", h("p", {}, t("data.export.text")), h("p", {}, button("data.export.submit", save))),
    card("data.delete", h("p", {}, t("data.delete.text")), h("p", {}, button("data.delete.submit", remove, "danger"))),
  ];
}

async function save() {
  const text = JSON.stringify(await call("/profile/export"), null, 2);
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  h("a", { href: address, download: "account.json" }).click();
  URL.revokeObjectURL(address);
}

const remove = () =>
  ask({
    title: "data.delete",
    text: t("data.delete.sure", { email: user.email }),
    items: [field({ name: "email", label: "email", type: "email", autocomplete: "off" })],
    submit: "data.delete.submit",
    kind: "danger",
    work: async ({ email }) => {
      if (email.trim().toLowerCase() !== user.email) throw Object.assign(new Error(), { code: "other_email" });
      await call(`/users/${user._id}`, { method: "DELETE" });
      location.assign(link("account", "login")); // the session is over for all tabs
    },
  });
