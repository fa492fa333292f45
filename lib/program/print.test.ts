import { describe, expect, test } from "bun:test";
import { ProgramBuilder } from "./builder.ts";
import * as k from "./constants.ts";
import { EEXIST, EINVAL, ENOENT } from "./errno.ts";
import type { Architecture } from "./instruction.ts";
import { formatCall, formatProgram, programToJson } from "./print.ts";

function built(build: (p: ProgramBuilder) => void, architecture: Architecture = "x86_64") {
  const p = new ProgramBuilder(architecture);
  build(p);
  return p.build();
}

/** The last line of the listing, without its index. */
function lastLine(build: (p: ProgramBuilder) => void, architecture?: Architecture): string {
  return (
    formatProgram(built(build, architecture))
      .split("\n")
      .at(-1)
      ?.replace(/^ *L?\d+ {2}/, "") ?? ""
  );
}

describe("formatProgram", () => {
  test("a listing: origins as headings, indices, places to go to, error policies", () => {
    const program = built((p) => {
      const fd = p.register();
      const end = p.label();
      p.at("/mounts/0", () => {
        const again = p.here();
        p.callTo(fd, "openat", [k.AT_FDCWD, p.text("a\nb"), k.O_CLOEXEC, 0], {
          ignore: [EEXIST],
          on: [
            [ENOENT, end],
            [0, again],
          ],
        });
        p.call("close", [fd], { ignoreAll: true });
      });
      p.at("default/end", () => {
        p.branch(fd, "Less", -1, end);
        p.fail(EINVAL, "a sentence");
        p.place(end);
        p.exit(0);
      });
    });
    expect(formatProgram(program)).toBe(
      [
        "# /mounts/0",
        '    L0  r1 = openat(AT_FDCWD, "a\\nb", O_RDONLY | O_CLOEXEC, 0)  ; EEXIST ignored, ENOENT -> L4, other errors -> L0',
        "     1  close(r1)  ; errors ignored",
        "",
        "# default/end",
        "     2  if r1 < -1 go to L4",
        "     3  fail EINVAL: a sentence",
        "    L4  exit_group(0)",
      ].join("\n"),
    );
  });

  const r = { register: 7 };
  const lines: readonly (readonly [string, (p: ProgramBuilder) => void])[] = [
    ["go to L0", (p) => p.jump(p.here())],
    ["r7 = 5", (p) => p.move(r, 5)],
    ['r7 = "text"', (p) => p.move(r, p.text("text"))],
    ["r7 = r0 + 0x1000", (p) => p.compute(r, p.report, "Add", 4096)],
    ["r7 = r7 - 1", (p) => p.compute(r, r, "Subtract", 1)],
    ["r7 = r7 & 3", (p) => p.compute(r, r, "And", 3)],
    ["r7 = r7 | 3", (p) => p.compute(r, r, "Or", 3)],
    ["r7 = r7 << 3", (p) => p.compute(r, r, "ShiftLeft", 3)],
    ["r7 = r7 >> 3", (p) => p.compute(r, r, "ShiftRight", 3)],
    ["r7 = u16 at [8]", (p) => p.load(r, { data: 8 }, 2)],
    ["u64 at r7 = -1", (p) => p.store(r, -1, 8)],
    ["if r7 != 0 go to L0", (p) => p.branch(r, "NotEqual", 0, p.here())],
    ["if r7 >= 0 go to L0", (p) => p.branch(r, "GreaterEqual", 0, p.here())],
    ["fail r7", (p) => p.fail(r)],
  ];
  for (const [line, build] of lines) test(line, () => expect(lastLine(build)).toBe(line));
});

describe("calls", () => {
  const r = { register: 7 };
  const calls: readonly (readonly [string, (p: ProgramBuilder) => void])[] = [
    [
      'openat2(r7, "proc", {flags: O_PATH | O_CLOEXEC, mode: 0644, resolve: RESOLVE_NO_MAGICLINKS | RESOLVE_IN_ROOT}, 24)',
      (p) => {
        const how = [k.O_PATH | k.O_CLOEXEC, 0o644, k.RESOLVE_IN_ROOT | k.RESOLVE_NO_MAGICLINKS];
        p.call("openat2", [r, p.text("proc"), p.longs(how), 24]);
      },
    ],
    ["openat(r7, r7, O_RDONLY, 0)", (p) => p.call("openat", [r, r, 0, 0])],
    ["openat(r7, r7, O_RDWR | O_CREAT | 0x400, 0600)", (p) => p.call("openat", [r, r, 0o2 | 0o100 | 0x400, 0o600])],
    [
      'open_tree(AT_FDCWD, "/srv", OPEN_TREE_CLONE | AT_RECURSIVE | OPEN_TREE_CLOEXEC)',
      (p) => {
        const flags = k.OPEN_TREE_CLONE | k.OPEN_TREE_CLOEXEC | k.AT_RECURSIVE;
        p.call("open_tree", [k.AT_FDCWD, p.text("/srv"), flags]);
      },
    ],
    [
      'mount_setattr(r7, "", AT_EMPTY_PATH, {attr_set: MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV, attr_clr: MOUNT_ATTR__ATIME}, 32)',
      (p) => {
        const set = p.longs([k.MOUNT_ATTR_RDONLY | k.MOUNT_ATTR_NODEV, k.MOUNT_ATTR__ATIME, 0, 0]);
        p.call("mount_setattr", [r, p.text(""), k.AT_EMPTY_PATH, set, 32]);
      },
    ],
    [
      "fsmount(r7, FSMOUNT_CLOEXEC, MOUNT_ATTR_STRICTATIME)",
      (p) => p.call("fsmount", [r, k.FSMOUNT_CLOEXEC, k.MOUNT_ATTR_STRICTATIME]),
    ],
    ['mount(0, "/", 0, MS_REC | MS_SLAVE, 0)', (p) => p.call("mount", [0, p.text("/"), 0, k.MS_REC | k.MS_SLAVE, 0])],
    ['umount2(".", MNT_DETACH)', (p) => p.call("umount2", [p.text("."), k.MNT_DETACH])],
    ["prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)", (p) => p.call("prctl", [k.PR_SET_DUMPABLE, 0, 0, 0, 0])],
    [
      "prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)",
      (p) => p.call("prctl", [k.PR_CAP_AMBIENT, k.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0]),
    ],
    ["unshare(CLONE_NEWNS | CLONE_NEWTIME)", (p) => p.call("unshare", [k.CLONE_NEWTIME | k.CLONE_NEWNS])],
    ["clone(CLONE_NEWPID | SIGCHLD, 0)", (p) => p.call("clone", [k.CLONE_NEWPID + k.SIGCHLD, 0])],
    [
      "clone3({flags: CLONE_PARENT | CLONE_NEWNET, cgroup: r7}, 88)",
      (p) => {
        const args = p.space(k.CLONE_ARGS_SIZE_VER2);
        p.store(args, k.CLONE_NEWNET + k.CLONE_PARENT, 8);
        p.store(p.within(args, 80), r, 8);
        p.call("clone3", [args, k.CLONE_ARGS_SIZE_VER2]);
      },
    ],
    [
      'execve("/bin/sh", ["sh", "-c", "ä"], [])',
      (p) => p.call("execve", [p.text("/bin/sh"), p.textArray(["sh", "-c", "ä"]), p.textArray([])]),
    ],
    [
      "prlimit64(0, 7, {rlim_cur: 0x400, rlim_max: RLIM_INFINITY}, 0)",
      (p) => p.call("prlimit64", [0, 7, p.longs([1024, 2n ** 64n - 1n]), 0]),
    ],
    [
      "capset({version: 0x20080522}, {effective: 0x21, permitted >> 32: 1})",
      (p) => p.call("capset", [p.words([k._LINUX_CAPABILITY_VERSION_3, 0]), p.words([0x21, 0, 0, 0, 1, 0])]),
    ],
    [
      'bind(r7, "start.sock", 13)',
      (p) => p.call("bind", [r, p.bytes(new TextEncoder().encode("\x01\0start.sock\0")), 13]),
    ],
    [
      "socket(AF_UNIX, SOCK_CLOEXEC | SOCK_SEQPACKET, 0)",
      (p) => p.call("socket", [k.AF_UNIX, k.SOCK_SEQPACKET | k.SOCK_CLOEXEC, 0]),
    ],
    ["umask(022)", (p) => p.call("umask", [0o22])],
    ["getppid()", (p) => p.call("getppid", [])],
  ];
  for (const [line, build] of calls) {
    test(line, () => expect(lastLine(build)).toBe(line.replace("permitted >> 32: 1", "permitted >> 32: 0x1")));
  }

  test("flags that differ by architecture", () => {
    for (const architecture of ["x86_64", "arm64"] as const) {
      const flags = k.O_DIRECTORY[architecture] | k.O_NOFOLLOW[architecture] | k.O_PATH;
      const line = lastLine((p) => p.call("openat", [k.AT_FDCWD, p.text("a"), flags, 0]), architecture);
      expect(line).toBe('openat(AT_FDCWD, "a", O_DIRECTORY | O_NOFOLLOW | O_PATH, 0)');
    }
  });

  test("a struct that reaches beyond the data is not read", () => {
    expect(lastLine((p) => p.call("openat2", [r, p.text("a"), { data: 4096 }, 24]))).toBe(
      'openat2(r7, "a", [4096], 24)',
    );
  });
});

describe("formatCall", () => {
  const first = (build: (p: ProgramBuilder) => void): string => formatCall(built(build), 0);

  test("the name and the texts, without descriptors, flags and empty paths", () => {
    expect(first((p) => p.call("open_tree", [k.AT_FDCWD, p.text("/srv/data"), 1]))).toBe('open_tree("/srv/data")');
    expect(first((p) => p.call("move_mount", [3, p.text(""), 4, p.text(""), 0x44]))).toBe("move_mount()");
    expect(first((p) => p.call("symlinkat", [p.text("to"), 3, p.text("from")]))).toBe('symlinkat("to", "from")');
  });

  test("what the call was to do, where one call does many things", () => {
    const setString = [3, k.FSCONFIG_SET_STRING];
    expect(first((p) => p.call("fsconfig", [...setString, p.text("mode"), p.text("1777"), 0]))).toBe(
      'fsconfig(FSCONFIG_SET_STRING, "mode", "1777")',
    );
    expect(first((p) => p.call("prctl", [k.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0]))).toBe("prctl(PR_SET_NO_NEW_PRIVS)");
  });

  test("what is no call has no name", () => {
    expect(first((p) => p.fail(EINVAL))).toBe("");
    expect(
      formatCall(
        built(() => {}),
        5,
      ),
    ).toBe("");
  });
});

test("programToJson", () => {
  const program = built((p) => {
    p.at("/hostname", () => p.call("sethostname", [p.text("box"), 3]));
    p.at("default/end", () => p.jump(p.here()));
  }, "arm64");
  expect(programToJson(program)).toEqual({
    architecture: "arm64",
    dataLength: 4,
    instructions: [
      { index: 0, origin: "/hostname", text: 'sethostname("box", 3)', call: "sethostname" },
      { index: 1, origin: "default/end", text: "go to L1" },
    ],
  });
});
