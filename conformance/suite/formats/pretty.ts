/** For people: a line per section when its tests are done, every failure with its reason, and a summary. */

import { address, bySection, countText, type SuiteResult, type TestResult, totals } from "../results.ts";
import type { ConformanceTest, Level } from "../test.ts";

export interface Terminal {
  write(text: string): void;
  readonly colours: boolean;
  /** Whether a line may be written over. */
  readonly live: boolean;
}

const CODES = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 } as const;

function painter(colours: boolean): (colour: keyof typeof CODES, text: string) => string {
  return (colour, text) => (colours ? `\x1b[${CODES[colour]}m${text}\x1b[0m` : text);
}

const levelWord = (level: Level): string => (level === "must" ? "" : ` (${level})`);

const indented = (text: string): string =>
  text
    .trim()
    .split("\n")
    .map((line) => `      ${line}`)
    .join("\n");

/** Shows how a run goes on; `done` prints the summary. */
export class PrettyProgress {
  readonly #terminal: Terminal;
  readonly #paint: ReturnType<typeof painter>;
  readonly #left = new Map<string, number>();
  readonly #total: number;
  readonly #results: TestResult[] = [];

  constructor(tests: readonly ConformanceTest[], terminal: Terminal) {
    this.#terminal = terminal;
    this.#paint = painter(terminal.colours);
    this.#total = tests.length;
    for (const { section } of tests) this.#left.set(section, (this.#left.get(section) ?? 0) + 1);
  }

  add(result: TestResult): void {
    this.#results.push(result);
    const left = (this.#left.get(result.section) ?? 1) - 1;
    this.#left.set(result.section, left);
    if (left === 0) this.#print(this.#sectionText(result.section));
    if (this.#terminal.live) {
      const failed = this.#results.filter(({ verdict }) => verdict === "failed").length;
      const text = `${this.#results.length}/${this.#total}${failed > 0 ? `, ${failed} failed` : ""}  ${result.section}`;
      this.#terminal.write(`\r\x1b[K${this.#paint("dim", text)}`);
    }
  }

  #print(text: string): void {
    this.#terminal.write(`${this.#terminal.live ? "\r\x1b[K" : ""}${text}\n`);
  }

  #sectionText(section: string): string {
    const tests = this.#results.filter((result) => result.section === section);
    const counts = totals(tests);
    const colour = counts.failed > 0 ? "red" : counts.passed > 0 ? "green" : "yellow";
    const mark = counts.failed > 0 ? "FAIL" : counts.passed > 0 ? "ok  " : "skip";
    const lines = [`${this.#paint(colour, mark)} ${section}  ${this.#paint("dim", countText(counts))}`];
    for (const { verdict, name, level, detail } of tests) {
      if (verdict !== "failed") continue;
      lines.push(`  ${this.#paint("red", "✗")} ${name}${levelWord(level)}`, this.#paint("dim", indented(detail)));
    }
    return lines.join("\n");
  }

  done(result: SuiteResult): void {
    if (this.#terminal.live) this.#terminal.write("\r\x1b[K");
    this.#terminal.write(summaryText(result, this.#terminal.colours));
  }
}

/** A table of the sections, why tests were skipped, and the totals by level. */
export function summaryText(result: SuiteResult, colours: boolean): string {
  const paint = painter(colours);
  const lines = [
    "",
    `${paint("bold", result.runtime.version || result.runtime.name)}, judged by ${result.runtime.specification}`,
    "",
  ];
  const sections = bySection(result.tests);
  const width = Math.max(7, ...sections.map(({ section }) => section.length));
  lines.push(paint("dim", `${"section".padEnd(width)}  passed  failed  skipped`));
  for (const { section, tests } of sections) {
    const { passed, failed, skipped } = totals(tests);
    const cell = (value: number, columns: number): string => (value === 0 ? "·" : String(value)).padStart(columns);
    const row = `${section.padEnd(width)}  ${cell(passed, 6)}  ${cell(failed, 6)}  ${cell(skipped, 7)}`;
    lines.push(failed > 0 ? paint("red", row) : row);
  }
  lines.push("", ...skipReasons(result.tests).map((line) => paint("dim", line)));
  for (const { section, tests } of sections)
    for (const { verdict, name, level } of tests)
      if (verdict === "failed")
        lines.push(`${paint("red", "✗")} ${name}${levelWord(level)}  ${paint("dim", address(section))}`);
  lines.push(countText(totals(result.tests)));
  return `${lines.join("\n")}\n`;
}

function skipReasons(tests: readonly TestResult[]): string[] {
  const reasons = new Map<string, number>();
  for (const { verdict, detail } of tests)
    if (verdict === "skipped") reasons.set(detail, (reasons.get(detail) ?? 0) + 1);
  return [...reasons].map(([reason, times]) => `skipped ${times}: ${reason}`);
}
