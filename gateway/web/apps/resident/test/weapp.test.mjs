// The mini program as it was built, in a place with the language and WeChat's own functions and nothing else. It needs
// `scripts/web build`; the calls need the running program, too.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { before, describe, test } from 'node:test';
import vm from 'node:vm';
import { artifacts, base, signIn, skip as notRunning, until } from './running.mjs';

const built = join(artifacts, 'weapp');
const packageBytesMax = 2 * 1024 * 1024;
const json = (path) => JSON.parse(readFileSync(join(built, `${path}.json`), 'utf8'));

/** A phone on which the program was started. */
class Phone {
  storage = new Map();
  sent = [];
  opened = [];
  faults = [];
  #modules = new Map();
  #components = new Map();
  #loading = '';

  constructor(answer = overFetch) {
    const wx = {
      getSystemInfoSync: () => ({ platform: 'devtools', windowWidth: 375, windowHeight: 667, pixelRatio: 2, language: 'zh_CN' }),
      getAppBaseInfo: () => ({ fontSizeScaleFactor: 1.3, language: 'zh_CN', SDKVersion: '3.9.0' }),
      getWindowInfo: () => ({ windowWidth: 375, windowHeight: 667, pixelRatio: 2, safeArea: {} }),
      getDeviceInfo: () => ({ platform: 'devtools' }),
      getAccountInfoSync: () => ({ miniProgram: { appId: 'wx0123456789abcdef', envVersion: 'develop' } }),
      getLaunchOptionsSync: () => ({ path: '', query: {} }),
      getEnterOptionsSync: () => ({ path: '', query: {} }),
      getNetworkType: ({ success }) => success({ networkType: 'wifi' }),
      getStorageSync: (key) => this.storage.get(key) ?? '',
      setStorageSync: (key, value) => void this.storage.set(key, value),
      removeStorageSync: (key) => void this.storage.delete(key),
      login: ({ success }) => success({ code: 'a-code' }),
      request: (options) => {
        this.sent.push(options);
        return answer(options);
      },
      navigateTo: ({ url }) => this.opened.push(url),
      canIUse: () => false,
      ...Object.fromEntries(['onNetworkStatusChange', 'stopPullDownRefresh', 'onAppShow', 'onAppHide', 'onError',
        'onUnhandledRejection', 'onPageNotFound', 'onThemeChange', 'onWindowResize', 'preloadAssets']
        .map((name) => [name, () => undefined])),
    };
    const note = (...words) => this.faults.push(words.map(String).join(' '));
    const globals = {
      wx, setTimeout, clearTimeout, setInterval, clearInterval,
      console: { log() {}, info() {}, debug() {}, warn: note, error: note },
      App: (options) => { this.app = options; },
      Page: () => undefined,
      Component: (options) => this.#components.set(this.#loading, options),
      getApp: () => this.app, getCurrentPages: () => [],
    };
    this.context = vm.createContext(globals, { codeGeneration: { strings: false, wasm: false } });
    vm.runInContext('globalThis.global = globalThis', this.context);
    this.require('app.js');
    this.app.onLaunch?.({ path: '', query: {} });
  }

  require(file) {
    let module = this.#modules.get(file);
    if (!module) {
      module = { exports: vm.runInContext('({})', this.context) };
      this.#modules.set(file, module);
      const code = readFileSync(join(built, file), 'utf8');
      const run = vm.runInContext(`(function (require, module, exports) {${code}\n})`, this.context, { filename: file });
      run((path) => this.require(normalize(join(dirname(file), path))), module, module.exports);
    }

    return module.exports;
  }

  /** Opens a page as WeChat does: its own part, and then what stands in it. */
  open(path, query = {}) {
    const page = this.#instance(path, { route: path, __route__: path, options: query });
    page.onLoad?.(query);
    this.#fill(page, path, page);
    page.lifetimes.ready?.call(page);
    page.onShow?.();
    return page;
  }

  #instance(path, more) {
    if (!this.#components.has(path)) {
      this.#loading = path;
      this.require(`${path}.js`);
    }

    const { lifetimes = {}, methods = {}, data = {} } = this.#components.get(path);
    const one = { is: path, data: { ...data }, properties: {}, lifetimes, parts: [], triggerEvent() {}, ...more };
    Object.assign(one, Object.fromEntries(Object.entries(methods).map(([n, m]) => [n, m.bind(one)])), {
      setData: (change, done) => {
        // What is handed over must be plain: WeChat takes nothing else.
        JSON.stringify(change);
        Object.assign(one.data, change);
        done?.();
      },
      selectAllComponents: () => [], selectComponent: () => null, createSelectorQuery: () => ({}), groupSetData: (f) => f(),
    });
    lifetimes.created?.call(one);
    lifetimes.attached?.call(one);
    return one;
  }

  /** Makes the parts that a template names, unless they are in a list. */
  #fill(owner, path, page) {
    const uses = json(path).usingComponents ?? {};
    const template = readFileSync(join(built, `${path}.wxml`), 'utf8');
    for (const [, tag, attributes] of template.matchAll(/<([\w-]+)([^>]*?u-i="[^"{]*"[^>]*)>/g)) {
      const name = (attribute) => attributes.match(new RegExp(`${attribute}="([^"]*)"`))?.[1];
      const props = name('u-p')?.replace(/[{}]/g, '');
      if (!uses[tag] || (props && !owner.data[props])) continue;
      const file = normalize(join(dirname(path), uses[tag])).replace(/^\//, '');
      const part = this.#instance(file, {
        properties: { uI: name('u-i'), uP: props ? owner.data[props] : undefined, uS: undefined, eA: {} },
        triggerEvent: (event, detail) => event === '__l' && owner.__l({ detail }),
      });
      owner.parts.push(part);
      this.#fill(part, file, page);
      part.lifetimes.ready?.call(part);
    }
  }
}

/** As `wx.request` does it. */
function overFetch(options) {
  fetch(options.url, { method: options.method, headers: options.header, body: options.data }).then(
    async (r) => options.success({ statusCode: r.status, header: Object.fromEntries(r.headers), data: await r.arrayBuffer() }),
    () => options.fail({ errMsg: 'request:fail' }));
  return { abort() {} };
}

const all = (page) => [page, ...page.parts.flatMap(all)];
const shown = (page) => JSON.stringify(all(page).map((p) => p.data));

describe('the mini program', { skip: existsSync(join(built, 'app.json')) ? false : 'it is not built: scripts/web build' }, () => {
  let pages;
  before(() => { ({ pages } = json('app')); });

  test('is small, and loads nothing from elsewhere', () => {
    const files = readdirSync(built, { recursive: true }).map((f) => join(built, f)).filter((f) => statSync(f).isFile());
    assert.ok(files.reduce((sum, f) => sum + statSync(f).size, 0) < packageBytesMax / 2);
    for (const file of files.filter((f) => f.endsWith('.js'))) {
      assert.doesNotMatch(readFileSync(file, 'utf8'), /preloadAssets|\bnew Function\b|\beval\(/, file);
    }
  });

  test('opens each page, without a network', async () => {
    const phone = new Phone((options) => {
      setTimeout(() => options.fail({ errMsg: 'request:fail' }));
      return { abort() {} };
    });
    for (const path of pages) {
      const page = phone.open(path, { id: '0' });
      assert.ok(all(page).length > 2, `${path} has its parts`);
      await until(`something in ${path}`, () => Object.keys(page.data).length > 0);
    }

    assert.deepEqual(phone.faults, []);
    // The owner's choice for all of WeChat: 17 × 1.3.
    assert.match(shown(phone.open('pages/me/me')), /--text:22px/);
  });

  test('tells at the running program what is somebody\'s own', { skip: notRunning, timeout: 60_000 }, async () => {
    const { token, expiresAt } = await signIn();
    const phone = new Phone((options) => overFetch({ ...options, url: options.url.replace(/^https?:\/\/[^/]+/, base) }));
    phone.storage.set('wuwei.session', JSON.stringify({ token, expiresAt: Date.parse(expiresAt), renewedAt: Date.now() }));
    const points = phone.open('pages/points/points');
    await until('the balance', () => Object.values(points.data).includes('0'));
    const me = phone.open('pages/me/me');
    await until('the phone', () => /137\*{4}\d{4}/.test(shown(me)));
    assert.ok(phone.sent.every((s) => s.responseType === 'arraybuffer' && s.header['x-wuwei-channel'] === 'weapp/1.0.0'));
    assert.deepEqual(phone.faults, []);
  });
});
