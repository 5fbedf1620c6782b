// Prints the folders of the packages that the daemon needs at run time, of those that are installed here. The lock file's
// own marks do not tell: an optional peer that is there for development looks like a dependency.
const { readFileSync } = require('node:fs');

const { packages } = JSON.parse(readFileSync('node_modules/.package-lock.json', 'utf8'));
const needed = new Set();

function addDependencies(folder, { dependencies, optionalDependencies }) {
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const found = resolve(folder, name);
    if (found === undefined || needed.has(found)) continue; // optional and not for this machine, or known
    needed.add(found);
    addDependencies(found, packages[found]);
  }
}

/** Where Node.js would find `name` from `folder`: the nearest node_modules upwards. */
function resolve(folder, name) {
  const candidate = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
  if (candidate in packages) return candidate;
  if (folder === '') return undefined;
  return resolve(folder.replace(/\/?node_modules\/(@[^/]+\/)?[^/]+$/, ''), name);
}

addDependencies('', JSON.parse(readFileSync('package.json', 'utf8')));
for (const folder of needed) console.log(folder);
