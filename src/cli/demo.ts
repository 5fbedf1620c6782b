import type { ExitCode } from '../errors.js';
export function demo(_color: boolean, _version: string): ExitCode { throw new Error('x'); }
