// Ends from within the record callback.
import { exitOnce, start } from './kit.ts';

start(() => process.exit(42));
exitOnce();
