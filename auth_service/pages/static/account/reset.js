// Another password, by the code in a mail; it needs nothing of the page that asked for the code.

import { facts, field, form, h, t } from "../dom.js";
import { callOpenly, link, welcome } from "../app.js";

export default function reset(asked) {
  return [
    asked && h("p", { class: "notice good", role: "alert" }, t("reset.sent", asked)),
    h("section", { class: "card narrow" },
      form(
        [
          field({ name: "email", label: "email", type: "email", autocomplete: "username", value: asked?.email ?? "", autofocus: !asked }),
          field({ name: "code", label: "code", autocomplete: "one-time-code", spellcheck: "false", autocapitalize: "characters", hint: t("reset.hint"), autofocus: Boolean(asked) }),
          field({ name: "newPassword", label: "password.new", type: "password", autocomplete: "new-password", hint: t("password.hint", { least: facts.shortestPassword }) }),
        ],
        "reset.submit",
        async ({ email, code, newPassword }) => {
          await callOpenly("/auth/password/reset", { email, code, newPassword });
          await welcome(email, newPassword, "reset.done");
        },
      ),
      h("p", { class: "links" }, h("a", { href: link("account", "forgot") }, t("reset.again"))),
    ),
  ];
}
