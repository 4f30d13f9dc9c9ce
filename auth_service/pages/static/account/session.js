// How a session, an API key and an event are put into words.

import { h, t } from "../dom.js";

const known = (text) => (text && text !== "unknown" ? text : null);

/** The device of a session in a few words. */
export const described = (session) =>
  [known(session.browser), known(session.os)].filter(Boolean).join(" · ") || known(session.userAgent) || t("device.unknown");

export const marks = (session) =>
  (session.unusual ?? []).map((each) => h("span", { class: "mark-unusual" }, t(`unusual.${each}`)));

export const placeOf = (session) => known(session.location) ?? t("place.unknown");
