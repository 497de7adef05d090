// With the compile cache on, types are stripped once and not at every start. Loaded before the first TypeScript file.
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Where this cannot be written to, everything works all the same.
const folder = fileURLToPath(new URL('../node_modules/.cache/compile', import.meta.url));
enableCompileCache(folder);
// Threads have a cache of their own.
process.env.NODE_COMPILE_CACHE = folder;
