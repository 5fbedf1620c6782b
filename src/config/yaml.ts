import { isScalar, LineCounter, parseDocument, visit, type YAMLMap } from 'yaml';
import { canonicalName } from './mapping.js';
import { quote, type Read, refuse } from './value.js';

/** Aliases that one file may use: some convenience, no exponential growth. */
const MAX_ALIASES = 32;

/**
 * The core schema alone, without merge keys, whatever the file's own `%YAML` directive says. Keys given twice are
 * found here: the package's own check compares every key with every other (a 1 MiB file would take minutes), and does
 * not know of a key's second spelling.
 */
const OPTIONS = {
  schema: 'core',
  merge: false,
  resolveKnownTags: false,
  stringKeys: true,
  uniqueKeys: false,
  prettyErrors: false,
} as const;

type Mapping = ReadonlyMap<string, unknown>;

const keyTwice = (map: YAMLMap): { readonly name: string; readonly offset: number } | undefined => {
  const seen = new Set<string>();
  for (const { key } of map.items) {
    if (!isScalar(key)) {
      continue;
    }
    const name = String(key.value);
    if (seen.has(canonicalName(name))) {
      return { name, offset: key.range?.[0] ?? 0 };
    }
    seen.add(canonicalName(name));
  }
  return undefined;
};

function readDocument(text: string): Read<Mapping> {
  const lines = new LineCounter();
  const refuseAt = (offset: number, problem: string) => refuse(`line ${lines.linePos(offset).line}: ${problem}`);

  const document = parseDocument(text, { ...OPTIONS, lineCounter: lines });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem?.code === 'MULTIPLE_DOCS') {
    return refuseAt(problem.pos[0], 'a second document; keep one and remove the "---" between them');
  }
  if (problem !== undefined) {
    return refuseAt(problem.pos[0], `not valid YAML: ${problem.message}`);
  }
  let twice: ReturnType<typeof keyTwice>;
  visit(document, {
    Map: (_, map) => {
      twice ??= keyTwice(map);
    },
  });
  if (twice !== undefined) {
    return refuseAt(twice.offset, `${quote(twice.name)} is given twice; keep one`);
  }
  const value: unknown = document.toJS({ mapAsMap: true, maxAliasCount: MAX_ALIASES });
  if (value === null) {
    return { ok: new Map() };
  }
  return value instanceof Map
    ? { ok: value }
    : refuse(`the file holds ${quote(value)}, not a mapping; use for example threshold: 60s`);
}

/** YAML text as a mapping: mappings are Maps, so that no key is special. An empty text is an empty mapping. Never throws. */
export function readYaml(text: string): Read<Mapping> {
  try {
    return readDocument(text);
  } catch (error) {
    // Aliases without an anchor or too many of them, and nesting deeper than the stack, are thrown by the package.
    return refuse(`not valid YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
}
