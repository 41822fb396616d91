// Generates src/gen from the protos; with --check, says whether that would change anything.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cwd = fileURLToPath(new URL('..', import.meta.url));
const run = (program, ...args) => spawnSync(program, args, { cwd, stdio: 'inherit' }).status === 0;

if (process.argv[2] === '--check') {
  const fresh = mkdtempSync(join(tmpdir(), 'wuwei-api-'));
  const same = run('buf', 'generate', '--output', fresh)
    && run('diff', '--recursive', '--brief', join(fresh, 'src/gen'), 'src/gen');
  rmSync(fresh, { recursive: true });
  if (!same) {
    console.error('src/gen is not what the protos say: npm run generate -w @wuwei/api');
    process.exitCode = 1;
  }
} else {
  process.exitCode = run('buf', 'generate') ? 0 : 1;
}
