/** Paths as texts, by the names that node:path has for this: loading that takes 0.7 ms. */

/** An absolute path without `.`, `..` and empty components; what is relative starts at the working directory. */
export function resolve(...paths: readonly string[]): string {
  let path = "";
  for (let i = paths.length - 1; i >= 0 && !isAbsolute(path); i--) {
    if (paths[i] !== "") path = path === "" ? paths[i]! : `${paths[i]}/${path}`;
  }
  if (!isAbsolute(path)) path = `${process.cwd()}/${path}`;
  return `/${components(path).join("/")}`;
}

/** Absolute paths and what lies below, as one path without `.`, `..` and empty components. */
export function join(directory: string, ...below: readonly string[]): string {
  return `/${components([directory, ...below].join("/")).join("/")}`;
}

export function isAbsolute(path: string): boolean {
  return path[0] === "/";
}

/** The part before the last component: `/a` of `/a/b`, `/` of `/a`, `.` of `a`. */
export function dirname(path: string): string {
  const end = path.lastIndexOf("/", path.length - 2);
  return end < 0 ? "." : path.slice(0, end) || "/";
}

/** The last component. */
export function basename(path: string): string {
  const end = path.endsWith("/") ? path.length - 1 : path.length;
  return path.slice(path.lastIndexOf("/", end - 1) + 1, end);
}

function components(path: string): string[] {
  const result: string[] = [];
  for (const component of path.split("/")) {
    if (component === "..") result.pop();
    else if (component !== "" && component !== ".") result.push(component);
  }
  return result;
}
