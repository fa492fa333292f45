/** The parts of a manual page in mdoc(7), the language that mandoc and groff read. */

/** A line of text: nothing in it is taken for a request or an escape. */
export function textLine(text: string): string {
  const escaped = text.replaceAll("\\", "\\e");
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}

/** A paragraph, a sentence a line, as the language wants it. */
export function paragraph(text: string): string[] {
  return text.split(/(?<=[.:;]) (?=[A-Z])/).map(textLine);
}

/** An argument of a macro, in which words of two letters could be macros, and blanks would separate. */
export function argument(text: string): string {
  const escaped = text.replaceAll("\\", "\\e").replaceAll('"', "\\(dq");
  return /[ \t]/.test(escaped) ? `"${escaped}"` : `\\&${escaped}`;
}

/** Name, number and date of a page. @param date in UTC */
export function head(title: string, summary: string, date: Date): string[] {
  const months = "January February March April May June July August September October November December".split(" ");
  const day = `${months[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}`;
  return [`.Dd ${day}`, `.Dt ${title.toUpperCase()} 8`, ".Os", ".Sh NAME", `.Nm ${title}`, `.Nd ${textLine(summary)}`];
}

/** A list in which each entry has a term, a macro line without its dot, and a text. */
export function tagList(entries: readonly (readonly [term: string, text: string])[]): string[] {
  if (entries.length === 0) return [];
  return [".Bl -tag -width Ds", ...entries.flatMap(([term, text]) => [`.It ${term}`, ...paragraph(text)]), ".El"];
}
