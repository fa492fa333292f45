import { expect, test } from "bun:test";
import { constants } from "node:os";
import { EHWPOISON, EINVAL, ENOENT, errnoName, errnoSentence } from "./errno.ts";

/** Other names of the same numbers. */
const ALIASES = new Set(["EWOULDBLOCK", "EDEADLOCK", "EDEADLK", "ENOTSUP", "EOPNOTSUPP"]);

test("names, as libc has them", () => {
  for (const [name, number] of Object.entries(constants.errno)) {
    if (!ALIASES.has(name)) expect(errnoName(number)).toBe(name);
  }
  expect([errnoName(ENOENT), errnoName(EHWPOISON), errnoName(4095)]).toEqual(["ENOENT", "EHWPOISON", "errno 4095"]);
});

test("sentences", () => {
  expect(errnoSentence(ENOENT)).toBe("no such file or directory");
  expect(errnoSentence(EINVAL)).toBe("invalid argument");
  expect(errnoSentence(4095)).toBe("unknown error");
});
