// The record callback throws, and nobody catches it.
import { exitOnce, start } from './kit.ts';

start(() => {
  throw new Error('thrown by the record callback');
});
exitOnce();
