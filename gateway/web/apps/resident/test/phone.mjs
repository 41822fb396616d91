// A phone with WeChat that runs the mini program as it was built, in a place with the language and WeChat's own functions and
// nothing else.
import { readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import vm from 'node:vm';
import { artifacts, base, until, weChat } from './running.mjs';

export const built = join(artifacts, 'weapp');
/** Where every phone is, in degrees. */
const place = { latitude: 32.0301, longitude: 118.7551 };
export const json = (path) => JSON.parse(readFileSync(join(built, `${path}.json`), 'utf8'));

/** A phone on which the program was started. */
export class Phone {
  logins = 0;
  sent = [];
  opened = [];
  faults = [];
  /** The files that its owner chooses; why they cannot, if they cannot. */
  album = [];
  albumFault = '';
  /** What was asked of WeChat: for the album, for its settings, and for messages. */
  asked = [];
  /** What goes on from time to time. */
  ticking = new Set();
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
      uploadFile: ({ url, header, filePath, name, success, fail }) => {
        const form = new FormData();
        form.append(name, new Blob([readFileSync(filePath)]));
        fetch(url.replace(/^https?:\/\/[^/]+/, base), { method: 'POST', headers: header, body: form })
          .then(async (r) => success({ statusCode: r.status, data: await r.text() }), () => fail({ errMsg: 'uploadFile:fail' }));
        return { abort() {}, onProgressUpdate: (told) => told({ progress: 50 }) };
      },
      chooseMedia: ({ success, fail }) => {
        this.asked.push('album');
        if (this.albumFault) {
          fail({ errMsg: `chooseMedia:fail ${this.albumFault}` });
        } else {
          success({ tempFiles: this.album.map((path) => ({ tempFilePath: path, size: statSync(path).size })) });
        }
      },
      openSetting: () => void this.asked.push('settings'),
      requestSubscribeMessage: ({ tmplIds, success, complete }) => {
        this.asked.push(tmplIds.join());
        setTimeout(() => {
          success(Object.fromEntries(tmplIds.map((id) => [id, 'accept'])));
          complete();
        }, 100);
      },
      pageScrollTo: () => undefined,
      navigateTo: ({ url }) => void this.opened.push(url),
      redirectTo: ({ url }) => void this.opened.push(url),
      reLaunch: ({ url }) => void this.opened.push(url),
      getFuzzyLocation: ({ success }) => success(place),
      showToast: () => undefined,
      canIUse: () => false,
      ...Object.fromEntries(['onNetworkStatusChange', 'stopPullDownRefresh', 'onAppShow', 'onAppHide', 'onError',
        'onUnhandledRejection', 'onPageNotFound', 'onThemeChange', 'onWindowResize', 'preloadAssets']
        .map((name) => [name, () => undefined])),
    };
    const note = (...words) => this.faults.push(words.map(String).join(' '));
    const globals = {
      wx, setTimeout, clearTimeout,
      // A page that asks again from time to time does not keep the test waiting.
      setInterval: (...given) => {
        const timer = setInterval(...given).unref();
        this.ticking.add(timer);
        return timer;
      },
      clearInterval: (timer) => {
        clearInterval(timer);
        this.ticking.delete(timer);
      },
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

  /** The button with these words, if a page has it. */
  button(page, label) {
    this.#fill(page);
    return all(page).find((part) => part.is === 'components/ActButton' && part.data.b === label);
  }

  /** Presses it when the page has it; `times` in one go. */
  async press(page, label, times = 1) {
    const button = await until(`「${label}」`, () => this.button(page, label));
    for (let i = 0; i < times; i++) happens(button, template(button.is), 'tap', {});
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
        for (const part of one.parts) {
          const props = valueOf(one, part.tag, 'u-p');
          if (part.properties.uP !== props) {
            part.properties.uP = props;
            part.observers.uP.call(part, props);
          }
        }

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
      const known = before.find((part) => part.properties.uI === id);
      return known ?? this.#instance(normalize(join(dirname(owner.is), uses[name])).replace(/^\//, ''), {
        tag,
        properties: { uI: id, uP: valueOf(owner, tag, 'u-p'), uS: undefined, eA: {} },
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
export function overFetch(options) {
  fetch(options.url.replace(/^https?:\/\/[^/]+/, base), { method: options.method, headers: options.header, body: options.data }).then(
    async (r) => options.success({ statusCode: r.status, header: Object.fromEntries(r.headers), data: await r.arrayBuffer() }),
    () => options.fail({ errMsg: 'request:fail' }));
  return { abort() {} };
}

export const all = (page) => [page, ...page.parts.flatMap(all)];
export const shown = (page) => JSON.stringify(all(page).map((p) => p.data));
