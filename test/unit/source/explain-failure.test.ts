import { describe, expect, test } from 'vitest';
import type { AddonError, KernelProbe } from '../../../src/native/addon.ts';
import { explainFailure, lastLines } from '../../../src/source/explain-failure.ts';

const everything: KernelProbe = {
  btf: true,
  exitTracepoint: true,
  freeTracepoint: true,
  timer: true,
  loop: true,
  ringBuffer: true,
};
const nothing: KernelProbe = {
  btf: false,
  exitTracepoint: false,
  freeTracepoint: false,
  timer: false,
  loop: false,
  ringBuffer: false,
};

const failure = (code: string, more: Partial<AddonError> = {}): AddonError =>
  Object.assign(new Error(`cannot load: ${code}`), { code, ...more });

describe('explainFailure', () => {
  test.each<[string, Partial<KernelProbe>, RegExp]>([
    ['type information', { btf: false }, /CONFIG_DEBUG_INFO_BTF/],
    ['a ring buffer', { ringBuffer: false }, /ring buffer .*5\.8/],
    ['the exit tracepoint', { exitTracepoint: false }, /CONFIG_TRACEPOINTS/],
    ['the free tracepoint', { freeTracepoint: false }, /CONFIG_TRACEPOINTS/],
    ['timers', { timer: false }, /timers .*5\.15/],
    ['bpf_loop', { loop: false }, /bpf_loop .*5\.17/],
  ])('a kernel without %s', (_, probe, why) => {
    const text = explainFailure(failure('EINVAL'), { ...everything, ...probe });
    expect(text).toMatch(why);
    expect(text).toContain('5.17 or newer');
  });

  test('the first that is missing is the one that is named: without BTF nothing else is known', () => {
    expect(explainFailure(failure('EPERM'), nothing)).toContain('BTF');
  });

  test.each([
    ['EPERM', /seccomp.*lockdown/],
    ['EACCES', /seccomp.*lockdown/],
    ['ENOMEM', /queue-slots, max-zombies and ring-bytes/],
    ['EINVAL', /verifier/],
    ['E2BIG', /verifier/],
    ['EBUSY', /verifier/],
    ['EIO', /while: load/],
  ])('%s on a kernel that has everything', (code, why) => {
    const text = explainFailure(failure(code), everything);
    expect(text).toMatch(why);
    expect(text).toContain(`cannot load: ${code}`);
    expect(text).not.toContain('\n');
  });

  test('any other failure says during which step', () => {
    expect(explainFailure(failure('EIO', { step: 'attach' }), everything)).toContain('while: attach');
  });
});

test.each([
  ['', ''],
  ['one', 'one'],
  ['one\ntwo\n\n', 'one\ntwo'],
  [
    Array.from({ length: 30 }, (_, line) => line).join('\n'),
    Array.from({ length: 20 }, (_, line) => line + 10).join('\n'),
  ],
])('the last lines of %j', (log, lines) => {
  expect(lastLines(log)).toBe(lines);
});
