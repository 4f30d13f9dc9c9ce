// A list of what a path of the API has, which loads its pages one by one.

import { button, h, t } from "./dom.js";
import { call } from "./app.js";

/** The list that `load` makes, in a place whose `fill` makes it anew. */
export async function filled(load) {
  const place = h("div", {});
  place.fill = async () => place.replaceChildren(...[await load()].flat());
  await place.fill();
  return place;
}

/** `draw` makes an item of each row; `rowsOf` takes the rows from an answer; `empty` is said where there are none. */
export async function listOf(path, draw, empty, { query = {}, rowsOf = (page) => page.sessions } = {}) {
  const list = h("ul", { class: "rows" });
  const more = button("more", () => next(more.cursor));
  const next = async (cursor) => {
    const asked = new URLSearchParams(query);
    if (cursor) asked.set("cursor", cursor);
    const page = await call(asked.size ? `${path}?${asked}` : path);
    const items = rowsOf(page).map(draw);
    list.append(...items);
    more.cursor = page.cursor;
    more.hidden = !page.cursor;
    if (cursor && items[0]) items[0].tabIndex = -1, items[0].focus();
  };
  await next();
  return list.children.length || !more.hidden ? [list, h("p", {}, more)] : h("p", { class: "empty" }, t(empty));
}
