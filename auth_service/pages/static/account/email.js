// The e-mail address: whether it is verified, and another one. Each takes the code in a mail, typed into this session.

import { button, card, digits, field, form, h, say, t, verifiedMark } from "../dom.js";
import { call, renew, show, summary, user } from "../app.js";

export default async function email() {
  const { emailVerified: verified, pendingEmail: pending } = (await summary()).security;
  return [
    h("p", { class: "lead" }, t("email.text")),
    h("div", { class: "grid" }, card("email.now", standing(verified), !verified && verification()), card("email.other", pending && change(pending), another(pending))),
  ];
}

const standing = (verified) =>
  h("p", {}, h("strong", { class: "long" }, user.email), " ", verifiedMark(verified));

function verification() {
  const steps = h("div");
  const type = () => {
    steps.replaceChildren(codeForm("email.verify", "/profile/email/verification/confirm", "email.done", t("email.sent", user)));
    steps.querySelector("input").focus();
  };
  const send = async () => {
    await call("/profile/email/verification", { method: "POST" });
    type();
  };
  return [h("p", { class: "actions" }, button("email.send", send, "primary"), button("forgot.code", type)), steps];
}

const change = (pending) => [
  h("p", { class: "notice", role: "alert" }, t("email.pending", { email: pending })),
  codeForm("email.change", "/profile/email/confirm", "email.changed"),
];

const codeForm = (submit, path, done, hint = t("code.hint")) =>
  form([digits({ hint })], submit, async ({ code }) => {
    await call(path, { method: "POST", body: { code } });
    await renew();
    say(t(done));
  });

const another = (pending) =>
  form(
    [field({ name: "newEmail", label: "email.new", type: "email", autocomplete: "email", hint: t("email.hint") })],
    "email.send",
    async ({ newEmail }) => {
      await call("/profile/email", { method: "POST", body: { newEmail } });
      await show();
    },
    pending ? "" : "primary",
  );
