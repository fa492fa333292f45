import type { ProgramBuilder } from "../program/builder.ts";
import { AF_INET, IFF_UP, SIOCSIFFLAGS, SOCK_CLOEXEC, SOCK_DGRAM } from "../program/constants.ts";
import type { ProcFd } from "./proc_fd.ts";

/** @see config.md, "Hostname" and "Domainname" */
export function setNames(p: ProgramBuilder, hostname: string | undefined, domainname: string | undefined): void {
  if (hostname) {
    p.at("/hostname", () => p.call("sethostname", [p.text(hostname), Buffer.byteLength(hostname)]));
  }
  if (domainname) {
    p.at("/domainname", () => p.call("setdomainname", [p.text(domainname), Buffer.byteLength(domainname)]));
  }
}

/** @see config-linux.md, "Sysctl"; proc_sys(5) */
export function setSysctls(p: ProgramBuilder, proc: ProcFd, sysctls: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(sysctls)) {
    const pointer = `/linux/sysctl/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    p.at(pointer, () => proc.write(`sys/${sysctlPath(name)}`, value));
  }
}

/** In `net.ipv4.conf.eth0.1.forwarding` only a slash can separate; otherwise the dots do, and a slash stands for a dot. */
function sysctlPath(name: string): string {
  const firstSlash = name.indexOf("/");
  const firstDot = name.indexOf(".");
  if (firstSlash >= 0 && (firstDot < 0 || firstSlash < firstDot)) return name;
  return name.replace(/[./]/g, (separator) => (separator === "." ? "/" : "."));
}

/** Bring the loopback interface of a new network namespace up. @see netdevice(7) */
export function raiseLoopback(p: ProgramBuilder): void {
  const IFNAMSIZ = 16;
  const IFREQ_SIZE = 40;
  const request = p.space(IFREQ_SIZE);
  const lo = p.text("lo");
  p.withRegister((name) => {
    p.load(name, lo, 2);
    p.store(request, name, 2);
  });
  p.store(p.within(request, IFNAMSIZ), IFF_UP, 2);
  const socket = p.open("socket", [AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0]);
  p.call("ioctl", [socket, SIOCSIFFLAGS, request]);
  p.close(socket);
}
