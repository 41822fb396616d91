// What the package costs the residents' mini program: its main package, which every start loads. What only one page calls is in
// that page's subpackage, see apps/resident/vite.config.ts.
import { build, transform } from 'esbuild';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const bytesMax = 120 * 1024;
const used = 'categories, identity, inbox, organization, pictures, registry, watches, wishes';
const { outputFiles } = await build({
  stdin: {
    contents: `import { byWeChat, createWuWei, ${used}, wxPlatform } from './index';
      console.log(byWeChat, createWuWei, { ${used} }, wxPlatform);`,
    resolveDir: fileURLToPath(new URL('../src', import.meta.url)),
  },
  bundle: true, minify: true, write: false, format: 'esm', target: 'es2018',
});
const polyfill = await transform(readFileSync(new URL('../polyfill/polyfill.js', import.meta.url), 'utf8'), { minify: true });
const bytes = outputFiles[0].contents.byteLength + Buffer.byteLength(polyfill.code);
console.log(`@wuwei/api: ${bytes} of at most ${bytesMax} bytes in a mini program`);
process.exitCode = bytes <= bytesMax ? 0 : 1;
