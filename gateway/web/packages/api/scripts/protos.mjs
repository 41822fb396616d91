// Whether the protos are in good form and break nobody who has the last release's; with --release, makes them that release's.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const cwd = fileURLToPath(new URL('../../../../../protos', import.meta.url));
const released = 'released.binpb';
const buf = (...args) => spawnSync('buf', args, { cwd, stdio: 'inherit' }).status === 0;

const done = process.argv[2] === '--release'
  ? buf('build', '--exclude-source-info', '--output', released)
  : [buf('lint'), buf('format', '--diff', '--exit-code'), buf('breaking', '--against', released)].every(Boolean);
process.exitCode = done ? 0 : 1;
