// The mini program as it was built, in a place with the language and WeChat's own functions and nothing else. It needs
// `scripts/web build`; the calls need the running program, too.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { before, describe, test } from 'node:test';
import vm from 'node:vm';
import { artifacts, base, call, demo, newPhone, signIn, skip as notRunning, until, weChat } from './running.mjs';

const built = join(artifacts, 'weapp');
const packageBytesMax = 2 * 1024 * 1024;
const json = (path) => JSON.parse(readFileSync(join(built, `${path}.json`), 'utf8'));

/** A phone on which the program was started. */
class Phone {
  logins = 0;
  sent = [];
  opened = [];
  faults = [];
  #pages = [];
  #modules = new Map();
  #components = new Map();
  #loading = '';

  /**
   * @param answer what `wx.request` does
   * @param user whose WeChat it is
   * @param storage what is left of earlier starts
   */
  constructor(answer, user = 'nobody', storage = new Map()) {
    this.storage = storage;
    const wx = {
      getSystemInfoSync: () => ({ platform: 'devtools', windowWidth: 375, windowHeight: 667, pixelRatio: 2, language: 'zh_CN' }),
      getAppBaseInfo: () => ({ fontSizeScaleFactor: 1.3, language: 'zh_CN', SDKVersion: '3.9.0' }),
      getWindowInfo: () => ({ windowWidth: 375, windowHeight: 667, pixelRatio: 2, safeArea: {} }),
      getDeviceInfo: () => ({ platform: 'devtools' }),
      getAccountInfoSync: () => ({ miniProgram: { appId: weChat.appId, envVersion: 'develop' } }),
      getLaunchOptionsSync: () => ({ path: '', query: {} }),
      getEnterOptionsSync: () => ({ path: '', query: {} }),
      getNetworkType: ({ success }) => success({ networkType: 'wifi' }),
      getStorageSync: (key) => this.storage.get(key) ?? '',
      setStorageSync: (key, value) => void this.storage.set(key, value),
      removeStorageSync: (key) => void this.storage.delete(key),
      login: ({ success, fail }) => {
        this.logins++;
        weChat.code(user).then((code) => success({ code }), (error) => fail({ errMsg: `login:fail ${error}` }));
      },
      request: (options) => {
        this.sent.push(options);
        return answer(options);
      },
      navigateTo: ({ url }) => void this.opened.push(url),
      redirectTo: ({ url }) => void this.opened.push(url),
      reLaunch: ({ url }) => void this.opened.push(url),
      showToast: () => undefined,
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
      getApp: () => this.app, getCurrentPages: () => this.#pages,
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
    this.#pages.push(page);
    page.onLoad?.(query);
    this.#fill(page);
    page.lifetimes.ready?.call(page);
    page.onShow?.();
    return page;
  }

  /** Presses the button with these words when a page has it. */
  async press(page, label) {
    const button = await until(`「${label}」`, () => {
      this.#fill(page);
      return all(page).find((part) => part.is === 'components/ActButton' && part.data.b === label);
    });
    happens(button, template(button.is), 'tap', {});
  }

  /** Writes into the field with these words when a page has it. */
  async write(page, label, text) {
    const field = await until(`the field 「${label}」`, () => this.fields(page).find((part) => part.data.a === label));
    happens(field, shownTags(field).find(({ tag }) => tag.includes('bindinput')).tag, 'input', { value: text });
  }

  fields(page) {
    this.#fill(page);
    return all(page).filter((part) => part.is === 'components/TextField');
  }

  /** Presses WeChat's own button of a kind when a page has it; `detail` is what WeChat answers. */
  async pressWeChat(page, kind, detail) {
    const { tag } = await until(`WeChat's button ${kind}`, () =>
      shownTags(page).find((shown) => shown.tag.includes(`open-type="${kind}"`)));
    happens(page, tag, kind.toLowerCase(), detail);
  }

  #instance(path, more) {
    if (!this.#components.has(path)) {
      this.#loading = path;
      this.require(`${path}.js`);
    }

    const { created, lifetimes = {}, methods = {}, observers = {}, data = {} } = this.#components.get(path);
    const one = { is: path, data: { ...data }, properties: {}, lifetimes, observers, parts: [], triggerEvent() {}, ...more };
    Object.assign(one, Object.fromEntries(Object.entries(methods).map(([n, m]) => [n, m.bind(one)])), {
      setData: (change, done) => {
        // What is handed over must be plain: WeChat takes nothing else.
        JSON.stringify(change);
        Object.assign(one.data, change);
        done?.();
      },
      selectAllComponents: () => [], selectComponent: () => null, createSelectorQuery: () => ({}), groupSetData: (f) => f(),
    });
    created.call(one);
    lifetimes.attached?.call(one);
    return one;
  }

  /** Makes the parts that a template shows now, and takes away those that it shows no more. */
  #fill(owner) {
    const uses = json(owner.is).usingComponents ?? {};
    const before = owner.parts;
    owner.parts = shownTags(owner).filter(({ name, id }) => uses[name] && id).map(({ tag, name, id }) => {
      const props = valueOf(owner, tag, 'u-p');
      const known = before.find((part) => part.properties.uI === id);
      if (known && known.properties.uP !== props) {
        known.properties.uP = props;
        known.observers.uP.call(known, props);
      }

      return known ?? this.#instance(normalize(join(dirname(owner.is), uses[name])).replace(/^\//, ''), {
        properties: { uI: id, uP: props, uS: undefined, eA: {} },
        triggerEvent: (event, detail) => (event === '__l' ? owner.__l({ detail }) : happens(owner, tag, event, detail)),
      });
    });
    before.filter((part) => !owner.parts.includes(part)).forEach((part) => part.lifetimes.detached?.call(part));
    for (const part of owner.parts) {
      this.#fill(part);
      if (!before.includes(part)) part.lifetimes.ready?.call(part);
    }
  }
}

/** The tags that a page or part shows now, besides those of lists. */
function shownTags(owner) {
  const [found, open] = [[], [{ shows: true }]];
  for (const [tag, end, name] of template(owner.is).matchAll(/<(\/?)([\w-]+)[^>]*>/g)) {
    if (end) {
      open.pop();
      continue;
    }

    const above = open.at(-1);
    const kind = tag.match(/wx:(if|elif|else)/)?.[1];
    const holds = !kind || ((kind === 'if' || !above.met) && (kind === 'else' || valueOf(owner, tag, `wx:${kind}`)));
    if (kind) above.met = holds || (kind !== 'if' && above.met);
    const shows = above.shows && holds && !tag.includes('wx:for=');
    if (shows) found.push({ tag, name, id: tag.match(/u-i="([^"{]*)"/)?.[1] });
    if (!tag.endsWith('/>')) open.push({ shows });
  }

  return found;
}

const template = (path) => readFileSync(join(built, `${path}.wxml`), 'utf8');

/** What an attribute of a tag says now, in the page or part whose template has it. */
const valueOf = (owner, tag, attribute) => owner.data[tag.match(new RegExp(`\\b${attribute}="\\{\\{(\\w+)`))?.[1]];

/** Tells a page or part of an event, if it listens. */
function happens(owner, tag, type, detail) {
  const target = { dataset: {} };
  owner[valueOf(owner, tag, `bind${type}`)]?.({ type, target, currentTarget: target, detail });
}

/** As `wx.request` does it, at the running program. */
function overFetch(options) {
  fetch(options.url.replace(/^https?:\/\/[^/]+/, base), { method: options.method, headers: options.header, body: options.data }).then(
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

  test('signs in with WeChat at the running program, and tells what is somebody\'s own',
    { skip: notRunning, timeout: 60_000 }, async () => {
      const [user, number] = [`u${newPhone()}`, newPhone()];
      const masked = new RegExp(`${number.slice(0, 3)}\\*{4}${number.slice(-4)}`);
      let late;
      const phone = new Phone((options) => {
        // The ticket of a sign-in that took too long is refused as that of another device is.
        if (late && options.url.endsWith('SignInWeChatPhone')) options.header['x-wuwei-device'] = 'another-device-of-theirs';
        return overFetch(options);
      }, user);
      const page = phone.open('pages/sign-in/sign-in');
      for (late of [true, false]) {
        await phone.press(page, '微信一键登录');
        await phone.pressWeChat(page, 'getPhoneNumber', { code: await weChat.phoneCode(user, number) });
      }

      await until('the page after the sign-in', () => phone.opened.includes('/pages/home/home'));
      await ownIsShown(phone, masked);
      assert.equal(phone.logins, 2);

      // Started again, it goes on; and where nothing is left, or what is left has ended, WeChat signs in by itself.
      for (const [left, logins] of [[phone.storage, 0], [new Map(), 1], [session('ended'), 1]]) {
        const again = new Phone(overFetch, user, left);
        await ownIsShown(again, masked);
        assert.equal(again.logins, logins);
        assert.deepEqual([...again.opened, ...again.faults], []);
      }

      assert.ok(phone.sent.every((s) => s.responseType === 'arraybuffer' && s.header['x-wuwei-channel'] === 'weapp/1.0.0'));
      assert.deepEqual([...phone.opened, ...phone.faults], ['/pages/home/home']);
    });

  test('makes a wish of two fields in elder mode, without having been told a phone', { skip: notRunning, timeout: 60_000 }, async () => {
    const { token } = await signIn();
    const { unit } = await call(`/units/by/division/${demo.communityCode}`, undefined, token);
    await call('/me', { homeUnitId: unit.id }, token, 'PUT');
    const phone = new Phone(overFetch, 'nobody', session(token));
    await phone.press(phone.open('pages/me/me'), '换成长辈版');
    const make = phone.open('pages/make/make');
    await phone.write(make, '您想请人帮什么忙？', '换灯泡');
    await phone.write(make, '到哪里帮您？', '5幢101室');
    assert.equal(phone.fields(make).length, 2);
    await phone.press(make, '提交心愿');
    const page = await until('the page of the wish', () => phone.opened.find((url) => url.startsWith('/pages/wish/wish?id=')));
    const { wish } = await call(`/wishes/${page.split('=')[1]}`, undefined, token);
    assert.deepEqual([wish.title, wish.mine], ['换灯泡', true]);
    assert.deepEqual(phone.faults, []);
  });
});

const session = (token) => new Map([['wuwei.session', JSON.stringify({ token, renewedAt: Date.now() })]]);

async function ownIsShown(phone, maskedPhone) {
  const points = phone.open('pages/points/points');
  await until('the balance', () => Object.values(points.data).includes('0'));
  const me = phone.open('pages/me/me');
  await until('the phone', () => maskedPhone.test(shown(me)));
}
