import { existsSync } from 'node:fs';
import { describe } from 'vitest';

/** What the kernel tests cannot do without; undefined when everything is there. */
function missing(): string | undefined {
  if (process.getuid?.() !== 0) return 'root';
  if (!existsSync('/sys/kernel/btf/vmlinux')) return 'BTF (/sys/kernel/btf/vmlinux)';
  return undefined;
}

/** A group of tests that need the real kernel; elsewhere it is skipped, and says why. */
export function describeKernel(name: string, tests: () => void, options: { concurrent?: boolean } = {}): void {
  const lacking = missing();
  if (lacking !== undefined) console.warn(`skipped: ${name}: needs ${lacking}`);
  describe.skipIf(lacking !== undefined)(name, { timeout: 60_000, ...options }, tests);
}
