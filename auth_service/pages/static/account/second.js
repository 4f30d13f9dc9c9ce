// The second step of a login: asks for a code of an app, a recovery code or a passkey.

import { ask, button, field, h, t } from "../dom.js";
import { auth, callOpenly, enter } from "../app.js";
import { forget, sign } from "./passkeys.js";

const CODE = /^\d{3} ?\d{3}$/;

/** Completes the login that was answered so. Throws if it was given up. */
export async function secondStep(answer) {
  const { ticket, methods } = answer;
  forget();
  const usePasskey = button("second.passkey", async () => {
    const { publicKey } = await callOpenly("/auth/login/options", { ticket });
    enter(await auth.logInByFactor(ticket, { passkey: await sign(publicKey) }));
    usePasskey.closest("dialog").close("done");
  });
  const done = await ask({
    title: "error.second_factor_required",
    text: t("second.text"),
    items: [
      field({ name: "code", label: "second.code", autocomplete: "one-time-code", spellcheck: "false", autofocus: true }),
      methods.includes("passkey") && h("p", {}, usePasskey),
    ].filter(Boolean),
    submit: "second.submit",
    work: async ({ code }) => {
      const typed = code.trim();
      enter(await auth.logInByFactor(ticket, CODE.test(typed) ? { code: typed } : { recoveryCode: typed }));
    },
  });
  if (!done) throw Object.assign(new Error(answer.message), { code: answer.code });
}
