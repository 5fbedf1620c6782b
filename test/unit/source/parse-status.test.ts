import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseStatus } from '../../../src/source/parse-status.ts';
import { hostileName } from '../../support/hostile.ts';

const STATUS = `Name:\tapp
Umask:\t0022
State:\tS (sleeping)
Tgid:\t42
Pid:\t42
PPid:\t41
TracerPid:\t77
Uid:\t1000\t1001\t1002\t1003
Gid:\t0\t0\t0\t0
NStgid:\t42\t7\t1
NSpid:\t42\t7\t1
SigQ:\t0/15433
SigPnd:\t0000000000000000
ShdPnd:\t0000000000000000
SigBlk:\t0000000000010000
SigIgn:\t0000000000001000
SigCgt:\t8000000180014a07
CapEff:\t000001ffffffffff
`;

const read = {
  uid: 1_000,
  tracer: 77,
  nsPids: [42, 7, 1],
  blocked: 0x10000n,
  ignored: 0x1000n,
  caught: 0x8000000180014a07n,
  capabilities: 0x1ffffffffffn,
};

describe('parseStatus', () => {
  test('a process in a nested pid namespace', () => {
    expect(parseStatus(STATUS)).toEqual(read);
  });

  test('what is missing is 0 or empty', () => {
    const nothing = { uid: 0, tracer: 0, nsPids: [], blocked: 0n, ignored: 0n, caught: 0n, capabilities: 0n };
    expect(parseStatus('')).toEqual(nothing);
    expect(parseStatus('no colon\n:\n: 1\nSigBlk:\tzz\n')).toEqual(nothing);
  });

  // The kernel escapes newlines and backslashes in `Name:`, and nothing else.
  test.each(['Uid:\\n0', 'TracerPid:', 'x\\nUid:\\t0', 'a:b:c', '', ' ', 'NSpid:\t1', 'x\rUid:\t0', 'x\u2028Uid:\t0'])(
    'the name %j is only a name',
    (name) => {
      expect(parseStatus(STATUS.replace('Name:\tapp', () => `Name:\t${name}`))).toEqual(read);
    },
  );

  test('no name of one line changes anything', () => {
    const name = hostileName.map((text) => text.replaceAll('\n', '\\n'));
    fc.assert(
      fc.property(name, (comm) => {
        expect(parseStatus(STATUS.replace('Name:\tapp', () => `Name:\t${comm}`))).toEqual(read);
      }),
    );
  });

  test('any mask comes back', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (mask) => {
        expect(parseStatus(`SigCgt:\t${mask.toString(16).padStart(16, '0')}\n`).caught).toBe(mask);
      }),
    );
  });

  test('this very process', () => {
    const own = parseStatus(readFileSync('/proc/self/status', 'utf8'));
    expect(own.uid).toBe(process.getuid?.());
    expect(own.nsPids[0]).toBe(process.pid);
  });
});
