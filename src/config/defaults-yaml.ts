import { DEFAULTS } from './defaults.js';
import { KEYS, type SettingKey } from './schema.js';

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

const entry = (key: SettingKey): string =>
  `# ${sentence(key.help)}\n# Allowed: ${key.bounds}\n${key.name}: ${key.show(DEFAULTS)}\n`;

/** A configuration file that says what holds without one, each key with its help. */
export const defaultsYaml = (): string => KEYS.map(entry).join('\n');
