/** What the real executor does when a call fails, and what it tells. */

import { expect, test } from "bun:test";
import type { ProgramBuilder } from "../program/builder.ts";
import { EACCES, EBADF, EEXIST, EIO, ENOENT, ENOEXEC, EPERM } from "../program/errno.ts";
import { type Operand, Report } from "../program/instruction.ts";
import { describeExecutors, PROGRAM_FD, STDOUT, show, shown, TRACE_FD } from "./tested_executor.ts";

const REFUSED = 0xffff_ffff;
const SIGCHLD = 17;

const failed = (instruction: number, value: number) => ({ kind: Report.Failed, instruction, value });

describeExecutors("errors", (executor) => {
  const nowhere = (p: ProgramBuilder): Operand => p.text("/no/such/directory");

  test("without a policy the program ends, and its failure is reported", () => {
    const { status, reports, output } = executor.play((p) => {
      p.move(p.register(), 1);
      p.call("chdir", [nowhere(p)]);
      show(p, 1);
    });
    expect([status, reports, output.length]).toEqual([1, [failed(1, ENOENT)], 0]);
  });

  test("in a loop over entries it is reported with the entry's number, after the loop without", () => {
    const loop = (p: ProgramBuilder): void => {
      p.forEach([p.text("/"), p.text("/proc"), p.text("/no/such/directory"), p.text("/")], (path) => {
        p.call("chdir", [path]);
      });
    };
    const within = executor.play(loop);
    const CHDIR = 4;
    expect([within.status, within.reports]).toEqual([1, [failed(CHDIR, ENOENT + 2 * 2 ** 32)]]);
    const behind = executor.play((p) => {
      p.forEach([p.text("/")], (path) => p.call("chdir", [path]));
      p.fail(EIO);
    });
    expect(behind.reports.map(({ value }) => value)).toEqual([EIO]);
  });

  test("passed over, the destination holds the errno", () => {
    const { status, reports, output } = executor.play((p) => {
      show(p, p.callTo(p.register(), "chdir", [nowhere(p)], { ignoreAll: true }));
      p.exit(0);
    });
    expect([status, reports, shown(output)]).toEqual([0, [], [BigInt(-ENOENT)]]);
  });

  test("the first entry of the table that matches says where to go", () => {
    const { output } = executor.play((p) => {
      const [wrong, right, late] = [p.label(), p.label(), p.label()];
      p.call("chdir", [nowhere(p)], {
        on: [
          [EPERM, wrong],
          [ENOENT, right],
          [ENOENT, late],
          [0, late],
        ],
      });
      p.place(wrong);
      p.place(late);
      show(p, 0);
      p.exit(0);
      p.place(right);
      show(p, 1);
      p.exit(0);
    });
    expect(shown(output)).toEqual([1n]);
  });

  test("errno 0 in the table stands for any, and the destination is set before", () => {
    const { output } = executor.play((p) => {
      const any = p.label();
      const result = p.register();
      p.callTo(result, "chdir", [nowhere(p)], { ignore: [EPERM], on: [[0, any]] });
      p.exit(1);
      p.place(any);
      show(p, result);
      p.exit(0);
    });
    expect(shown(output)).toEqual([BigInt(-ENOENT)]);
  });

  test("each call has a part of the table to itself", () => {
    const { status, reports } = executor.play((p) => {
      p.call("chdir", [nowhere(p)], { ignore: [ENOENT] });
      p.call("chdir", [nowhere(p)], { ignore: [EPERM, EACCES, ENOENT] });
      p.call("chdir", [nowhere(p)], { ignore: [EPERM, EEXIST] });
      p.exit(0);
    });
    expect([status, reports]).toEqual([1, [failed(2, ENOENT)]]);
  });

  test("a table that does not match, or is empty, is no policy", () => {
    for (const ignore of [[EPERM], []]) {
      const { status, reports } = executor.play((p) => {
        p.call("chdir", [nowhere(p)], { ignore });
        p.exit(0);
      });
      expect([status, reports]).toEqual([1, [failed(0, ENOENT)]]);
    }
  });

  test("large results are no errors", () => {
    const { output } = executor.play((p) => {
      show(
        p,
        p.callTo(p.register(), "lseek", [PROGRAM_FD, 0, 0], { ignoreAll: true }),
        p.callTo(p.register(), "getppid", []),
      );
      p.exit(0);
    });
    const [error = 0n, parent = 0n] = shown(output);
    expect([error, parent > 0n]).toEqual([BigInt(-EBADF), true]);
  });

  test("a fail instruction reports itself, with the errno that a register holds", () => {
    const { status, reports } = executor.play((p) => {
      const result = p.callTo(p.register(), "chdir", [nowhere(p)], { ignoreAll: true });
      const errno = p.register();
      p.compute(errno, 0, "Subtract", result);
      p.fail(errno, "a sentence");
    });
    expect([status, reports]).toEqual([1, [failed(2, ENOENT)]]);
  });

  test("the report goes where the program says", () => {
    const { reports, output } = executor.play((p) => {
      p.move(p.report, STDOUT);
      p.fail(EIO);
    });
    expect(reports).toEqual([]);
    expect([output.readUInt32LE(0), output.readUInt32LE(4), shown(output)[1]]).toEqual([Report.Failed, 1, BigInt(EIO)]);
  });

  test("a program tells the host side", () => {
    const { status, reports } = executor.play((p) => {
      p.tell(Report.Process, 77);
      p.exit(0);
    });
    expect([status, reports]).toEqual([0, [{ kind: Report.Process, instruction: 0, value: 77 }]]);
  });

  test("behind its last instruction a program is bad", () => {
    const { status, reports, output } = executor.play((p) => show(p, 1));
    expect([status, reports, shown(output)]).toEqual([2, [failed(REFUSED, ENOEXEC)], [1n]]);
  });
});

describeExecutors("faults and traces", (executor) => {
  test("an injected fault takes the place of the call", () => {
    const { status, reports, output } = executor.play(
      (p) => {
        show(p, 1);
        p.call("write", [STDOUT, p.text("never"), 5]);
        p.exit(0);
      },
      { faultAt: 2, faultErrno: EIO },
    );
    expect([status, reports, shown(output)]).toEqual([1, [failed(2, EIO)], [1n]]);
  });

  test("a fault is treated as the call's policy says", () => {
    const { status, output } = executor.play(
      (p) => {
        const on = p.label();
        const result = p.callTo(p.register(), "getpid", [], { on: [[EPERM, on]] });
        p.exit(1);
        p.place(on);
        show(p, result);
        p.exit(0);
      },
      { faultAt: 0, faultErrno: EPERM },
    );
    expect([status, shown(output)]).toEqual([0, [BigInt(-EPERM)]]);
  });

  test("only calls have faults", () => {
    const { status } = executor.play(
      (p) => {
        p.move(p.register(), 1);
        p.exit(0);
      },
      { faultAt: 0, faultErrno: EIO },
    );
    expect(status).toBe(0);
  });

  test("a trace has a record of each instruction that is played, by each process", () => {
    const { trace } = executor.play(
      (p) => {
        const pid = p.callTo(p.register(), "clone", [SIGCHLD, 0, 0, 0, 0]);
        const parent = p.label();
        p.branch(pid, "NotEqual", 0, parent);
        p.exit(0);
        p.place(parent);
        p.uninterrupted(p.register(), "wait4", [pid, 0, 0, 0]);
        p.exit(0);
      },
      { traceDescriptor: TRACE_FD },
    );
    const pid = trace[0]?.pid ?? 0;
    const of = (isParent: boolean): number[] =>
      trace.filter((record) => (record.pid === pid) === isParent).map(({ instruction }) => instruction);
    expect([of(true), of(false)]).toEqual([
      [0, 1, 3, 4],
      [1, 2],
    ]);
    const times = trace.filter((record) => record.pid === pid).map(({ nanoseconds }) => nanoseconds);
    expect(times).toEqual(times.toSorted((a, b) => (a < b ? -1 : 1)));
  });
});
