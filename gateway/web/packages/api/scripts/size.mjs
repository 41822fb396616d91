// What the package costs a mini program that uses all of it.
import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const bytesMax = 150 * 1024;
const { outputFiles } = await build({
  stdin: {
    contents: "import { byWeChat, createWuWei, wxPlatform } from './index'; console.log(byWeChat, createWuWei, wxPlatform);",
    resolveDir: fileURLToPath(new URL('../src', import.meta.url)),
  },
  bundle: true, minify: true, write: false, format: 'esm', target: 'es2018',
});
const bytes = outputFiles[0].contents.byteLength
  + readFileSync(new URL('../polyfill/polyfill.js', import.meta.url)).byteLength;
console.log(`@wuwei/api: ${bytes} of at most ${bytesMax} bytes in a mini program`);
process.exitCode = bytes <= bytesMax ? 0 : 1;
