import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { expect, test } from 'vitest';
import { wuweiPolyfill } from '../polyfill/vite.js';
import { answer, frame, refusal, trailer } from './wxShim';

/** As a program gets it. */
const polyfill = put({ 'common/vendor.js': { type: 'chunk', code: '' } });

function put(bundle: Record<string, { type: string; code: string }>): string {
  const context = { error: (message: string): never => { throw new Error(message); } };
  wuweiPolyfill().generateBundle.call(context, {}, bundle);
  return bundle['common/vendor.js']!.code;
}

/** A place with the language and nothing else, as a mini program is. */
function bare(globals: object = {}): vm.Context {
  const context = vm.createContext({ ...globals }, { codeGeneration: { strings: false, wasm: false } });
  expect(vm.runInContext('[typeof TextEncoder, typeof Headers, typeof AbortController, typeof URL].join()', context))
    .toBe('undefined,undefined,undefined,undefined');
  return context;
}

function polyfilled(globals: object = {}): (code: string) => unknown {
  const context = bare(globals);
  vm.runInContext(polyfill, context);
  return (code) => vm.runInContext(code, context);
}

test('text is encoded and decoded as elsewhere', () => {
  const context = polyfilled();
  const texts = ['', 'a', '五微 é 👍🏽', '\ud800', 'x\udc00y', '%41', '\u0000\u07ff\u0800\uffff'];
  const encoded = context(`(${JSON.stringify(texts)}).map((t) => [...new TextEncoder().encode(t)])`);
  expect(JSON.stringify(encoded)).toBe(JSON.stringify(texts.map((t) => [...new TextEncoder().encode(t)])));

  const bytes = Array.from({ length: 3000 }, (_, i) => Array.from({ length: 6 }, (_, j) => [
    (i * 7 + j * 31) & 255, 0xe0 + ((i + j) & 31), 0x80 + ((i * 5 + j) & 63), 0xf0 + (i & 7), 0x41][(i >> j) % 5]!));
  const decoded = context(`(${JSON.stringify(bytes)}).map((b) => new TextDecoder().decode(new Uint8Array(b)))`) as string[];
  expect([...decoded]).toEqual(bytes.map((b) => new TextDecoder().decode(new Uint8Array(b))));
  expect(() => context("new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([0xff]))")).toThrow(/UTF-8/);
});

test('headers know names in any case', () => expect(polyfilled()(`
  const h = new Headers({ 'X-One': '1' });
  h.append('x-one', '2'); h.set('Two', ' 3 '); h.delete('none');
  JSON.stringify([h.get('X-ONE'), h.get('two'), h.get('three'), h.has('TWO'), [...h], [...new Headers(h)].length])
`)).toBe('["1, 2","3",null,true,[["two","3"],["x-one","1, 2"]],2]'));

test('a signal tells each listener once', () => expect(polyfilled()(`
  const c = new AbortController(), told = [];
  const off = () => told.push('off');
  c.signal.addEventListener('abort', off); c.signal.removeEventListener('abort', off);
  c.signal.addEventListener('abort', () => told.push(c.signal.reason));
  c.abort('first'); c.abort('second');
  JSON.stringify([told, c.signal.aborted])
`)).toBe('[["first"],true]'));

test('what is there already stays', () => {
  const context = vm.createContext({ Headers: 'own' });
  vm.runInContext(polyfill, context);
  expect(vm.runInContext('Headers', context)).toBe('own');
});

test('the client works there', async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { createWuWei, identity, organization, wishes, wxPlatform } from './index';
        export const wuwei = createWuWei({ baseUrl: 'https://w.example', channel: 'weapp', clientVersion: '1.0.0',
          platform: wxPlatform(wx), services: { identity, organization, wishes }, signIn: async () => undefined });`,
      resolveDir: fileURLToPath(new URL('../src', import.meta.url)),
    },
    bundle: true, write: false, format: 'iife', globalName: 'program', target: 'es2018',
  });
  const kept = new Map<string, unknown>();
  const given = [answer([...frame(0, new Uint8Array()), ...trailer('grpc-status: 0\r\n')]), refusal(5, '', '%E6%97%A0')];
  const wx = {
    request: (o: { success(a: unknown): void }) => { setTimeout(() => o.success(given.shift())); return { abort: () => 0 }; },
    getStorageSync: (key: string) => kept.get(key) ?? '',
    setStorageSync: (key: string, value: unknown) => kept.set(key, value),
    getRandomValues: (o: { length: number; success(r: object): void }) =>
      o.success({ randomValues: crypto.getRandomValues(new Uint8Array(o.length)).buffer }),
  };
  const run = polyfilled({ wx, setTimeout, clearTimeout });
  run(outputFiles[0]!.text);

  expect(await run("program.wuwei.wishes.getWish({ wishId: '1' }).then((a) => a.$typeName)")).toBe('wuwei.v1.GetWishResponse');
  expect(await run("program.wuwei.wishes.getWish({}).catch((e) => e.name + ' ' + e.retry)")).toBe('WuWeiError never');
});

test('a plugin puts it first, and says when it cannot', () => {
  expect(put({ 'common/vendor.js': { type: 'chunk', code: 'vendor();' } })).toBe(`${polyfill}vendor();`);
  expect(() => put({})).toThrow('common/vendor.js');
});
