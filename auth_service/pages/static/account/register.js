// Making an account, which is then logged in to; where addresses are verified, a code in a mail comes first.

import { facts, field, form, h, t } from "../dom.js";
import { callOpenly, go, link, welcome } from "../app.js";

export default function register() {
  if (!facts.registration) return h("p", { class: "empty" }, t("error.registration_closed"));
  return h("section", { class: "card narrow" },
    form(
      [
        field({ name: "email", label: "email", type: "email", autocomplete: "username", autofocus: true }),
        field({ name: "password", label: "password", type: "password", autocomplete: "new-password", hint: t("password.hint", { least: facts.shortestPassword }) }),
      ],
      "register.submit",
      async ({ email, password }) => {
        const { registration } = await callOpenly("/auth/register", { email, password });
        if (registration) return go(link("account", "registration"), { registration, email, password });
        await welcome(email, password);
      },
    ),
    h("p", { class: "links" }, h("a", { href: link("account", "login") }, t("register.login"))),
  );
}
