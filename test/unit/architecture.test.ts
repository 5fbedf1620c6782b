import { globSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const SRC = resolve(import.meta.dirname, '../../src');

/** Where nothing has an effect; the linter forbids the clocks and other globals there. */
const PURE = ['domain/*', 'pipeline/*', 'policy/*', 'source/decode-*', 'source/parse-*'];
const ALLOWED_PACKAGES = new Set(['rxjs']);

const pure = globSync(PURE, { cwd: SRC }).sort();

/** What a module imports when it runs; types are gone by then. Own modules by their path in `src`. */
function importsOf(module: string): string[] {
  const text = readFileSync(resolve(SRC, module), 'utf8');
  const statements = text.matchAll(/^(?:import|export)\s+(?!type\b)(?:[^'";]*?\bfrom\s+)?'(?<from>[^']+)'/gm);
  return [...statements].map(({ groups }) => {
    const from = groups?.from ?? '';
    return from.startsWith('.') ? relative(SRC, resolve(SRC, dirname(module), from)).replace(/\.js$/, '.ts') : from;
  });
}

describe('pure modules', () => {
  test('are found', () => {
    expect(pure).toContain('pipeline/incident.ts');
    expect(pure).toContain('source/parse-stat.ts');
    expect(importsOf('source/proc.ts')).toContain('node:fs');
  });

  test.each(pure)('%s imports only pure ones', (module) => {
    const impure = importsOf(module).filter((from) => !ALLOWED_PACKAGES.has(from) && !pure.includes(from));
    expect(impure).toEqual([]);
  });
});
