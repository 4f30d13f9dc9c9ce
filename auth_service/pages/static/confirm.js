// Asks who uses the session, before a call that wants to know it: in one place for all calls.

import { ask, field, h, t } from "./dom.js";
import { call, user } from "./app.js";

let asking = null;

/** Whether it is them. Calls that are refused side by side share one dialog; a dialog that is given up is a no. */
export const confirmed = () => (asking ??= dialog().finally(() => (asking = null)));

/** What proves it: the values of fields that have a name are the body of the call. */
const proofs = () => [
  h("input", { type: "email", value: user.email, autocomplete: "username", hidden: true, readonly: true }),
  field({ name: "password", label: "password", type: "password", autocomplete: "current-password", autofocus: true }),
];

const dialog = () =>
  ask({
    title: "confirm.title",
    text: t("confirm.text"),
    items: proofs(),
    submit: "confirm.submit",
    work: (proof) => call("/auth/confirm", { method: "POST", body: proof }),
  });
