import { transformSync } from 'esbuild';
import { readFileSync } from 'node:fs';

const { code } = transformSync(readFileSync(new URL('polyfill.js', import.meta.url), 'utf8'), { minify: true, target: 'es2018' });

/** Puts the polyfill at the head of the chunk that a mini program loads first. */
export function wuweiPolyfill({ chunk = 'common/vendor.js' } = {}) {
  return {
    name: 'wuwei-polyfill',
    enforce: 'post',
    generateBundle(_, bundle) {
      const file = bundle[chunk];
      if (!file || file.type !== 'chunk') {
        this.error(`there is no ${chunk} to put the polyfill into`);
      }

      file.code = `${code}${file.code}`;
    },
  };
}
