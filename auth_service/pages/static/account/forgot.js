// A forgotten password: has a code mailed, if there is an account.

import { field, form, h, t } from "../dom.js";
import { callOpenly, go, link } from "../app.js";

export default function forgot() {
  return h("section", { class: "card narrow" },
    h("p", {}, t("forgot.text")),
    form([field({ name: "email", label: "email", type: "email", autocomplete: "username", autofocus: true })], "forgot.submit", async ({ email }) => {
      await callOpenly("/auth/password/forgot", { email });
      await go(link("account", "reset"), { email });
    }),
    h("p", { class: "links" },
      h("a", { href: link("account", "reset") }, t("forgot.code")),
      h("a", { href: link("account", "login") }, t("login.submit")),
    ),
  );
}
