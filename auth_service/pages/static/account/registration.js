// The code that makes an account. The registration is known to the page that began it, and to nothing that lasts.

import { digits, form, h, t } from "../dom.js";
import { callOpenly, link, welcome } from "../app.js";

export default function registration(begun) {
  return h("section", { class: "card narrow" },
    h("p", {}, begun ? t("registration.text", begun) : t("registration.lost")),
    begun &&
      form([digits({ autofocus: true })], "registration.submit", async ({ code }) => {
        await callOpenly("/auth/register/confirm", { registration: begun.registration, code });
        await welcome(begun.email, begun.password, "registration.done");
      }),
    h("p", { class: "links" }, h("a", { href: link("account", "register") }, t("registration.again"))),
  );
}
