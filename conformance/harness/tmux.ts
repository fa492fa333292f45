/** A real terminal with a shell in it, at which a test sits as a user would. */

import { spawnSync } from "node:child_process";
import { cleanEnvironment } from "./command.ts";
import { eventually } from "./expectations.ts";

const SIZE = { columns: 80, rows: 24 } as const;

export class Tmux {
  readonly #server: string;

  /** @param name of the server, which nobody else uses; its shell says `$ ` when it waits */
  constructor(name: string) {
    this.#server = name;
    const size = ["-x", String(SIZE.columns), "-y", String(SIZE.rows)];
    this.#tmux("-f", "/dev/null", "new-session", "-d", ...size, "env", "-i", ...environment(), "PS1=outside$ ", "sh");
  }

  /** What is on the screen, without empty lines at its end. */
  get screen(): string {
    return this.#tmux("capture-pane", "-p").trimEnd();
  }

  /** Type a line, and Enter. */
  line(text: string): void {
    this.#tmux("send-keys", "-l", text);
    this.#tmux("send-keys", "Enter");
  }

  /** Press a key: `C-c`, `C-z`. */
  key(name: string): void {
    this.#tmux("send-keys", name);
  }

  resize(columns: number, rows: number): void {
    this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** Wait until the screen shows this. */
  async shows(text: string | RegExp): Promise<string> {
    const seen = (): boolean => (typeof text === "string" ? this.screen.includes(text) : text.test(this.screen));
    try {
      await eventually(String(text), seen, 10_000);
    } catch (error) {
      throw new Error(`${(error as Error).message}; the screen shows:\n${this.screen}`);
    }
    return this.screen;
  }

  end(): void {
    this.#tmux("kill-server");
  }

  #tmux(...words: string[]): string {
    const { stdout, stderr, status } = spawnSync("tmux", ["-L", this.#server, ...words], { encoding: "utf8" });
    if (status !== 0 && words[0] !== "kill-server") throw new Error(`tmux ${words.join(" ")}: ${stderr}`);
    return stdout;
  }
}

function environment(): string[] {
  return ["TERM=screen", ...Object.entries(cleanEnvironment).map(([name, value]) => `${name}=${value}`)];
}
