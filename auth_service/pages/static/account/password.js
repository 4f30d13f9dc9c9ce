// Another password, which ends all other sessions.

import { facts, field, form, h, say, t } from "../dom.js";
import { call, show, user } from "../app.js";

export default function password() {
  return [
    h("p", { class: "lead" }, t("password.text")),
    h("section", { class: "card narrow" },
      form(
        [
          h("input", { type: "email", name: "email", value: user.email, autocomplete: "username", hidden: true, readonly: true }),
          field({ name: "currentPassword", label: "password.current", type: "password", autocomplete: "current-password" }),
          field({ name: "newPassword", label: "password.new", type: "password", autocomplete: "new-password", hint: t("password.hint", { least: facts.shortestPassword }) }),
          field({ name: "keepKeys", label: "password.keepKeys", type: "checkbox" }),
        ],
        "password.submit",
        async ({ currentPassword, newPassword, keepKeys }) => {
          await call("/profile/password", { method: "POST", body: { currentPassword, newPassword, keepKeys } });
          await show();
          say(t("password.done"));
        },
      ),
    ),
  ];
}
