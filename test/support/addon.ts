import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Addon } from '../../src/native/addon.ts';

const root = new URL('../../', import.meta.url);

/** The builds of the addon that tests run on. */
export const ADDON = {
  release: fileURLToPath(new URL('native/build/Release/reapd.node', root)),
  sanitized: fileURLToPath(new URL('build/asan/reapd.node', root)),
} as const;

/** Where this process takes the addon from: the shipped build unless the environment names another. */
export const addonPath = process.env.REAPD_TEST_ADDON ?? ADDON.release;

export const loadAddon = (): Addon => createRequire(import.meta.url)(addonPath) as Addon;
