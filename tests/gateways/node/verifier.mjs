// Verifies tokens by the keys it got when it last looked: a line `look URL`, or `ISSUER DATE TOKEN`, and a line of answer.
import { createInterface } from "node:readline";
import { createLocalJWKSet, jwtVerify } from "jose";

let keys;

async function answer(line) {
  const [first, second, token] = line.split(" ");
  if (first === "look") {
    keys = createLocalJWKSet(await (await fetch(second)).json());
    return "looked";
  }
  const rules = { issuer: first, audience: first, algorithms: ["ES256"], typ: "at+jwt", clockTolerance: 5 };
  const { payload } = await jwtVerify(token, keys, { ...rules, currentDate: new Date(second) });
  return payload.sub;
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(await answer(line).catch((error) => error.code ?? error.message));
}
