import type { Cause } from '../domain/cause.js';
import { isNamespaceInit, type ParentFacts } from '../domain/parent.js';

/** SIGCHLD is 17 on every architecture that the agent supports (signal(7)). */
const SIGCHLD_BIT = 1n << 16n;

/** The first that holds, from what a parent cannot help to what its program gets wrong. */
export function causeOf(parent: ParentFacts): Cause {
  if (parent.state === 'T' || parent.state === 't') {
    return 'parent-stopped';
  }
  if (parent.state === 'D') {
    return 'parent-uninterruptible';
  }
  if (isNamespaceInit(parent)) {
    return 'pid1-never-waits';
  }
  if ((parent.signals.blocked & SIGCHLD_BIT) !== 0n) {
    return 'sigchld-blocked';
  }
  return (parent.signals.caught & SIGCHLD_BIT) !== 0n ? 'sigchld-handled-without-wait' : 'child-never-waited-for';
}
