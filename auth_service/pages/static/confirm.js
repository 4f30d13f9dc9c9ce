// Asks who uses the session, before a call that wants to know it: in one place for all calls.

import { ask, button, field, h, t } from "./dom.js";
import { call, user } from "./app.js";
import { codeField, factorOf } from "./account/second.js";
import { sign } from "./account/passkeys.js";

let asking = null;

/** Whether it is them. Calls that are refused side by side share one dialog; a dialog that is given up is a no. */
export const confirmed = () => (asking ??= dialog().finally(() => (asking = null)));

const send = (proof) => call("/auth/confirm", { method: "POST", body: proof });

function dialog() {
  const second = h("div"); // what an account with second factors is asked for behind the right password
  return ask({
    title: "confirm.title",
    text: t("confirm.text"),
    items: [
      h("input", { type: "email", value: user.email, autocomplete: "username", hidden: true, readonly: true }),
      field({ name: "password", label: "password", type: "password", autocomplete: "current-password", autofocus: true }),
      second,
    ],
    submit: "confirm.submit",
    work: ({ password, code }) =>
      send({ password, ...(code && factorOf(code)) }).catch((error) => {
        if (error.code === "second_factor_missing" && !second.firstChild) askForMore(second, error.methods);
        throw error;
      }),
  });
}

function askForMore(second, methods) {
  const usePasskey = button("second.passkey", async () => {
    const { publicKey } = await call("/auth/confirm/options", { method: "POST" });
    await send({ passkey: await sign(publicKey) });
    usePasskey.closest("dialog").close("done");
  });
  second.append(codeField(), methods.includes("passkey") ? h("p", {}, usePasskey) : "");
  second.querySelector("input").focus();
}
