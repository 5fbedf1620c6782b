import { DEFAULTS } from '../../src/config/defaults.ts';
import type { Account, Standing } from '../../src/domain/incident.ts';
import type { ParentFacts } from '../../src/domain/parent.ts';
import type { ProcessKey } from '../../src/domain/process.ts';
import type { Settings } from '../../src/domain/settings.ts';
import type { Zombie } from '../../src/domain/zombie.ts';
import type { AgentFacts } from '../../src/policy/protect.ts';

/** Whose zombies they are where a test does not say. */
export const PARENT: ProcessKey = { pid: 42, startUs: 4_200_000 };

export const aZombie = (zombie: Partial<Zombie> = {}): Zombie => ({
  id: 1,
  key: { pid: 1_000 + (zombie.id ?? 1), startUs: 10_000_000 + (zombie.id ?? 1) },
  exitMs: 0,
  exitKnown: true,
  inherited: false,
  parent: PARENT,
  tracer: 0,
  uid: 0,
  status: { exitCode: 0, signal: null },
  comm: 'child',
  cgroupId: 1n,
  cgroupV1Id: 0n,
  ...zombie,
});

/** A zombie that its parent has been leaving since `sinceMs`. */
export const aStanding = (id: number, sinceMs: number): Standing => ({
  zombie: aZombie({ id, exitMs: sinceMs }),
  sinceMs,
});

/** An account of these zombies, oldest first; none of them ends it. */
export const anAccount = (...oldest: readonly Standing[]): Account => ({
  parent: PARENT,
  count: oldest.length,
  oldest,
  parentExited: false,
});

/** A tenant's process in a container: nothing protects it. */
export const aParent = (facts: Partial<ParentFacts> = {}): ParentFacts => ({
  key: PARENT,
  comm: 'app',
  exe: '/app',
  exeHidden: false,
  exeIsNodes: false,
  cmdline: ['/app', 'serve'],
  uid: 1_000,
  nsPid: 7,
  inAgentNamespace: false,
  state: 'S',
  kernelThread: false,
  tracer: 0,
  signals: { blocked: 0n, ignored: 0n, caught: 0n },
  awaitsSignals: false,
  frozen: false,
  cgroups: [{ controllers: '', path: `/docker/${'a'.repeat(64)}` }],
  ancestors: [41, 1],
  ...facts,
});

export const anAgent = (facts: Partial<AgentFacts> = {}): AgentFacts => ({
  pid: 900,
  ancestors: [800, 1],
  cgroups: [{ controllers: '', path: '/system.slice/reapd.service' }],
  ...facts,
});

export const someSettings = (settings: Partial<Settings> = {}): Settings => ({ ...DEFAULTS, ...settings });

/** Masks as /proc tells them: bit n-1 stands for signal n. */
export const maskOf = (...signals: readonly number[]): bigint =>
  signals.reduce((mask, signal) => mask | (1n << BigInt(signal - 1)), 0n);
