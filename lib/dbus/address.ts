/**
 * The sockets of a D-Bus address, in the order in which they are to be tried, as `serviceAddress` takes them: a path, or
 * an abstract name behind `@`. Other transports than unix sockets are passed over.
 *
 * @param address `unix:path=/run/user/1000/bus,guid=...;unix:abstract=...`
 * @see D-Bus Specification, "Server Addresses"
 */
export function socketsOf(address: string): string[] {
  return address.split(";").flatMap((one) => {
    const keys = /^unix:(.*)$/s.exec(one)?.[1]?.split(",") ?? [];
    const value = (key: string): string | undefined => {
      const found = keys.find((it) => it.startsWith(`${key}=`));
      return found && decoded(found.slice(key.length + 1));
    };
    const path = value("path");
    if (path) return [path];
    const name = value("abstract");
    return name ? [`@${name}`] : [];
  });
}

function decoded(text: string): string {
  return text.includes("%") ? decodeURIComponent(text) : text;
}
