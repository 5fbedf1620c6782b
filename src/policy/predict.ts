import { isNamespaceInit, type ParentFacts } from '../domain/parent.js';

/** What a signal is foretold to do to a parent. */
export type Prediction = 'ends-parent' | 'ends-namespace' | 'ignored' | 'handled' | 'no-effect';

/** A prediction with its reason in words. */
export interface Foretold {
  readonly effect: Prediction;
  readonly why: string;
  /** Sending it would change nothing within any wait, so the rung is skipped. */
  readonly useless: boolean;
}

/** Not to be handled, blocked or ignored (signal(7)). */
const UNSTOPPABLE = new Set(['SIGKILL', 'SIGSTOP']);
/** Their default action does not end a process (signal(7)). */
const HARMLESS = new Set(['SIGCHLD', 'SIGURG', 'SIGWINCH', 'SIGCONT', 'SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU']);

const has = (mask: bigint, signal: number): boolean => ((mask >> BigInt(signal - 1)) & 1n) === 1n;

/**
 * Foretells what `signal` (number `number`) will do, from the parent's signal masks, its state, and whether it is the init of a pid
 * namespace: for such a one the kernel drops every signal without a handler but SIGKILL and SIGSTOP (pid_namespaces(7)).
 */
export function foretell(parent: ParentFacts, signal: string, number: number): Foretold {
  const init = isNamespaceInit(parent);
  if (signal === 'SIGKILL') {
    return init
      ? {
          effect: 'ends-namespace',
          why: 'SIGKILL ends the init of a pid namespace and every process in it',
          useless: false,
        }
      : { effect: 'ends-parent', why: 'SIGKILL cannot be handled', useless: false };
  }
  if (UNSTOPPABLE.has(signal)) {
    return { effect: 'no-effect', why: `${signal} does not end a process`, useless: false };
  }
  if (signal === 'SIGCONT' && parent.state === 'T') {
    return { effect: 'no-effect', why: 'SIGCONT lets a stopped process go on', useless: false };
  }
  const mayTake = has(parent.signals.caught, number) || has(parent.signals.blocked, number) || parent.awaitsSignals;
  if (init && !mayTake) {
    return {
      effect: 'ignored',
      why: `it is the init of a pid namespace and has no handler for ${signal}`,
      useless: true,
    };
  }
  if (parent.state === 'T') {
    return { effect: 'no-effect', why: `it is stopped: ${signal} stays pending until it is continued`, useless: true };
  }
  if (has(parent.signals.ignored, number)) {
    return { effect: 'ignored', why: `it ignores ${signal}`, useless: false };
  }
  if (parent.awaitsSignals) {
    return { effect: 'handled', why: `it may be waiting for ${signal}`, useless: false };
  }
  if (has(parent.signals.blocked, number)) {
    return { effect: 'no-effect', why: `it blocks ${signal}`, useless: false };
  }
  if (has(parent.signals.caught, number)) {
    return { effect: 'handled', why: `it has a handler for ${signal}`, useless: false };
  }
  if (HARMLESS.has(signal)) {
    return { effect: 'no-effect', why: `${signal} does not end a process`, useless: false };
  }
  return init
    ? {
        effect: 'ends-namespace',
        why: `${signal} ends the init of a pid namespace and every process in it`,
        useless: false,
      }
    : { effect: 'ends-parent', why: `${signal} ends it by default`, useless: false };
}
