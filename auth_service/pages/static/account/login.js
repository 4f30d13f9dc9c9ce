// Logging in; says why a session is over, if one is.

import { facts, field, form, h, t, time } from "../dom.js";
import { link, logIn, show } from "../app.js";
import { forget, offer, passkeyButton } from "./passkeys.js";

const QUIET = ["token_missing", "logout"];

export default function login(notice) {
  const said = notice?.code && !QUIET.includes(notice.code);
  return [
    said && h("p", { class: "notice", role: "alert" }, t(`error.${notice.code}`, { seconds: notice.retryAfter ?? "" }, t("ended")), " ", h("small", {}, t("noticed"), " ", time(new Date().toISOString()))),
    notice?.code === "logout" && h("p", { class: "notice quiet" }, t("error.logout")),
    h("section", { class: "card narrow" },
      form(
        [
          field({ name: "email", label: "email", type: "email", autocomplete: offer(show) ? "username webauthn" : "username", autofocus: true }),
          field({ name: "password", label: "password", type: "password", autocomplete: "current-password" }),
        ],
        "login.submit",
        async ({ email, password }) => {
          await logIn(email, password);
          forget();
          await show();
        },
      ),
      passkeyButton(show),
      h("p", { class: "links" },
        facts.mail && h("a", { href: link("account", "forgot") }, t("view.forgot")),
        facts.registration && h("a", { href: link("account", "register") }, t("login.register")),
        h("a", { href: link("account", "invitation") }, t("login.invitation")),
      ),
    ),
  ];
}
