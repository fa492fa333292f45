import { takeImage } from "../../start_image/take.ts";
import { defineCommand } from "../command.ts";
import { print, printError } from "../print.ts";

export const command = defineCommand({
  summary: "make the file by which commands begin without starting the engine",
  description:
    "The engine is started, carries out some commands, and its memory is written to a file beside it, from which every later " +
    "command goes on. The file is for this build, this kind of processor, this libc and this kernel: with others commands " +
    "start the engine as they do without a file, and take longer. `make build` makes it; after a new kernel or libc it is " +
    "to be made again.",
  arguments: [],
  options: {},
  run: async () => {
    const { path, size, failures } = await takeImage(process.execPath);
    if (failures > 0) {
      printError(
        `tsrun: warning: ${failures} commands failed that were carried out for the image, since this user may not make ` +
          "containers here: they will be less quick\n",
      );
    }
    print(`${path}: ${Math.ceil(size / 1024 / 1024)} MiB\n`);
  },
});
