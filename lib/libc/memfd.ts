import { writeSync } from "./files.ts";
import { cString, systemCall, trySystemCall } from "./system_call.ts";

const MFD_ALLOW_SEALING = 0x2;
const MFD_NOEXEC_SEAL = 0x8;
const MFD_EXEC = 0x10;
const F_ADD_SEALS = 1033;
const F_SEAL_SEAL = 0x1;
const F_SEAL_SHRINK = 0x2;
const F_SEAL_GROW = 0x4;
const F_SEAL_WRITE = 0x8;
const EINVAL = 22;

/**
 * A sealed file in memory with this content: nobody can change it any more. It is inherited by what is started.
 *
 * @param use "execute" where it will be executed (vm.memfd_noexec asks for the flag since Linux 6.3)
 * @throws SystemCallError
 * @see memfd_create(2)
 */
export function sealedMemfd(name: string, content: Uint8Array, use: "execute" | "read"): number {
  const flags = use === "execute" ? MFD_EXEC : MFD_NOEXEC_SEAL;
  let fd = trySystemCall("memfd_create", cString(name), MFD_ALLOW_SEALING | flags);
  if (fd === -EINVAL) fd = systemCall("memfd_create", cString(name), MFD_ALLOW_SEALING);
  if (fd < 0) systemCall("memfd_create", cString(name), MFD_ALLOW_SEALING | flags);
  for (let at = 0; at < content.length; ) at += writeSync(fd, content, at);
  systemCall("fcntl", fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
  return fd;
}
