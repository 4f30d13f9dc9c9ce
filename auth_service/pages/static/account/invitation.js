// Accepting an invitation: its code and a first password.

import { facts, field, form, h, t } from "../dom.js";
import { callOpenly, go, link, logIn } from "../app.js";

export default function invitation() {
  return h("section", { class: "card narrow" },
    h("p", {}, t("invitation.text")),
    form(
      [
        field({ name: "email", label: "email", type: "email", autocomplete: "username", autofocus: true }),
        field({ name: "code", label: "invitation.code", autocomplete: "one-time-code", spellcheck: "false", autocapitalize: "characters" }),
        field({ name: "password", label: "password", type: "password", autocomplete: "new-password", hint: t("password.hint", { least: facts.shortestPassword }) }),
      ],
      "invitation.submit",
      async ({ email, code, password }) => {
        await callOpenly("/auth/invitation", { email, code, password });
        await logIn(email, password);
        await go(link("account", "security"));
      },
    ),
  );
}
