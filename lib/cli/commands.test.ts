/** What has to hold for every entry of the tables, and for the help and the completion made of them. */

import { describe, expect, test } from "bun:test";
import type { Options } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { GLOBAL_OPTIONS, HELP_OPTION } from "./global_options.ts";
import { helpText } from "./help.ts";

function checkOptions(options: Options): void {
  const spellings = Object.entries(options).flatMap(([name, { short }]) =>
    short === undefined ? [name] : [name, short],
  );
  expect(spellings).toEqual([...new Set(spellings)]);
  for (const [name, { kind, short, value, summary }] of Object.entries(options)) {
    expect(name).toMatch(/^[a-z][a-z0-9-]+$/);
    expect(short ?? "x").toMatch(/^[A-Za-z]$/);
    expect(value !== undefined).toBe(kind !== "flag");
    expect(summary).toMatch(/[^.]$/);
  }
}

test("global options", () => checkOptions(GLOBAL_OPTIONS));

for (const [name, load] of Object.entries(COMMANDS)) {
  describe(name, () => {
    test("is told of in phrases, and its options differ", async () => {
      const command = await load();
      expect(command.summary).toMatch(/^[a-z].*[^.]$/);
      expect(command.description ?? "A.").toMatch(/^[A-Z].*\.$/);
      checkOptions({ ...command.options, ...HELP_OPTION });
    });

    test("takes optional arguments last", async () => {
      const { arguments: args } = await load();
      const firstOptional = args.findIndex(({ optional }) => optional);
      if (firstOptional >= 0) expect(args.slice(firstOptional).every(({ optional }) => optional)).toBeTrue();
      expect(args.slice(0, -1).some(({ rest }) => rest)).toBeFalse();
    });

    test("help shows all of it", async () => {
      const { options, arguments: args, hidden } = await load();
      const help = await helpText(name);
      for (const option of Object.keys({ ...options, ...HELP_OPTION })) {
        expect(help.includes(`--${option}`)).toBe(!(options[option]?.hidden ?? false));
      }
      for (const argument of args) expect(help).toContain(argument.name);
      expect((await helpText(undefined)).includes(`tsrun ${name} `)).toBe(!hidden);
    });
  });
}

test("help on an unknown command is refused", () => {
  expect(helpText("nosuch")).rejects.toThrow('there is no command "nosuch"');
});
