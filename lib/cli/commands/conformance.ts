import { conformanceOptions, DESCRIPTION, OPTIONS, SUMMARY } from "../../../conformance/suite/options.ts";
import { defineCommand } from "../command.ts";
import { print } from "../print.ts";

export const command = defineCommand({
  summary: SUMMARY,
  description: DESCRIPTION,
  arguments: [],
  options: OPTIONS,
  run: async (values) => {
    const { ownPath } = await import("../own_path.ts");
    const { conformance, listTests } = await import("../../../conformance/suite/main.ts");
    const options = conformanceOptions(values, ownPath());
    if (values.list) return print(listTests(options));
    return await conformance(options);
  },
});
