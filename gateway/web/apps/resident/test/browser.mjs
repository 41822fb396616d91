// Residents' phones, as Chromium plays them.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { artifacts, base, codeFor, demo, newPhone, skip as notRunning } from './running.mjs';

const executablePath = process.env.WUWEI_CHROMIUM ?? '/usr/bin/chromium';
export const skip = notRunning || (existsSync(executablePath) ? false : `there is no browser at ${executablePath}`);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const pictures = join(artifacts, 'pictures');
mkdirSync(pictures, { recursive: true });

export const widths = { small: 320, phone: 390, desktop: 1280 };

export const launch = () => chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--no-first-run'],
});

/** Somebody with a phone. What goes wrong in its console is kept. */
export async function somebody(browser, width = widths.phone, more = {}) {
  const viewport = { width, height: width > 900 ? 800 : 720 };
  const context = await browser.newContext({ viewport, locale: 'zh-CN', ...more });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  return Object.assign(page, { faults });
}

export const go = async (page, path = 'pages/home/home') => {
  await page.goto('about:blank');
  await page.goto(`${base}/h5/#/${path}`);
  await settled(page);
};

/** Nothing is awaited any more. */
export const settled = async (page) => {
  await page.locator('.content').last().waitFor();
  await page.waitForFunction(() => !document.querySelector('.skeleton') 
    && !document.body.innerText.includes('请稍候') && !document.querySelector('uni-toast')?.checkVisibility());
  await page.evaluate(() => document.fonts.ready);
};

export const button = (page, label) =>
  page.locator('[role=button], [role=link], [role=radio]').filter({ hasText: label, visible: true }).first();
export const press = (page, label) => button(page, label).click();
export const fill = (page, label, text) =>
  page.locator(`input[aria-label^="${label}"], textarea[aria-label^="${label}"]`).filter({ visible: true }).fill(text);
/** Presses what asks for files, and gives it these. */
export async function choose(page, label, ...files) {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), press(page, label)]);
  await chooser.setFiles(files);
}

/** The session of a page. */
export const tokenOf = async (page) => JSON.parse(await page.evaluate(() => localStorage.getItem('wuwei.session'))).token;

export const sees = (page, text) => page.getByText(text).filter({ visible: true }).first().waitFor();

export async function signInOn(page, phone) {
  await sees(page, '获取验证码');
  await fill(page, '手机号', phone);
  await press(page, '获取验证码');
  await sees(page, '验证码已发出');
  await fill(page, '验证码', await codeFor(phone));
  await button(page, /^登录$/).click();
  await page.locator('.head-title', { hasText: '登录' }).waitFor({ state: 'hidden' });
  await settled(page);
}

/** Somebody new who lives in the demo's community. */
export async function resident(browser, width, more) {
  const page = await somebody(browser, width, more);
  const phone = newPhone();
  await go(page, 'pages/sign-in/sign-in');
  await signInOn(page, phone);
  await press(page, '选我的社区');
  await press(page, demo.street);
  await press(page, demo.community);
  await sees(page, '附近的心愿');
  await settled(page);
  return Object.assign(page, { phone });
}

/** The whole page, for a human eye. */
export async function picture(page, name) {
  await settled(page);
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

/** What axe-core finds serious. */
export async function findings(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, {
    resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'],
  }));
  return violations.filter((v) => ['serious', 'critical'].includes(v.impact))
    .map((v) => `${v.id}: ${v.nodes.map((n) => `${n.html.slice(0, 120)} ${n.any[0]?.message ?? ''}`).join(' | ')}`);
}

/** What of a page is smaller or tighter than elder mode, or the usual mode, allows; and what is cut off. */
export function tooSmall(page, { text, target }) {
  return page.evaluate(({ text, target }) => {
    const found = [];
    const shown = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && e.getClientRects().length > 0;
    const say = (e) => `${e.className || e.tagName} "${(e.textContent ?? '').trim().slice(0, 16)}"`;
    const walker = document.createTreeWalker(document.querySelector('.page'), NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const e = node.parentElement;
      if (!node.data.trim() || !shown(e)) continue;
      const style = getComputedStyle(e);
      const size = parseFloat(style.fontSize);
      const line = parseFloat(style.lineHeight) / size;
      if (size < text) found.push(`text of ${size}: ${say(e)}`);
      if (!(line >= 1.299)) found.push(`line height ${style.lineHeight} of ${size}: ${say(e)}`);
      const range = document.createRange();
      range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      if (box.right > innerWidth + 1 || box.left < -1) found.push(`cut off: ${say(e)}`);
    }

    for (const e of document.querySelectorAll('[role=button], [role=link], [role=radio], uni-input, uni-textarea')) {
      const { width, height, right } = e.getBoundingClientRect();
      const card = e.closest('.card')?.getBoundingClientRect();
      if (shown(e) && card && right > card.right + 0.5) found.push(`over the edge: ${say(e)}`);
      if (shown(e) && (width < target - 0.5 || height < target - 0.5)) found.push(`target of ${width}×${height}: ${say(e)}`);
    }

    const { scrollWidth } = document.documentElement;
    if (scrollWidth > innerWidth) found.push(`wider than the screen: ${scrollWidth}`);
    return found;
  }, { text, target });
}

export const limits = { usual: { text: 14, target: 44 }, elder: { text: 18, target: 60 } };

/** Looks at a page as axe-core and the rules of the mode do, and takes its picture. */
export async function look(page, name, mode = 'usual') {
  await settled(page);
  assert.deepEqual(await tooSmall(page, limits[mode]), [], `${name}: sizes`);
  assert.deepEqual(await findings(page), [], `${name}: axe-core`);
  await picture(page, name);
}
