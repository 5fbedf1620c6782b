import { escapeControls } from '../domain/text.js';
import { EXIT, type Exit, stderrLine, UserError } from '../errors.js';
import { loadSettings } from './load.js';
import type { Context } from './value.js';

/** Reads a file as `run` would, and tells what came of it. */
export function checkConfig(path: string, context: Context): Exit {
  try {
    loadSettings({}, path, context);
    return { exitCode: EXIT.ok, stdout: `${escapeControls(path)}: ok\n`, stderr: '' };
  } catch (error) {
    if (error instanceof UserError) {
      return { exitCode: error.exitCode, stdout: '', stderr: stderrLine(error.message) };
    }
    throw error;
  }
}
