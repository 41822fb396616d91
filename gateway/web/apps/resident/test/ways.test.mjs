// The ways that are walked when something is missing or comes late: a sign-in, a home, an answer, a network.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  button, choose, fill, go, launch, look, pictures, press, resident, sees, settled, signInOn, skip, somebody, tokenOf, widths,
} from './browser.mjs';
import { call, demo, makeWish, newPhone, photo, signIn, signInStaff, until } from './running.mjs';

let browser;
before(async () => {
  if (!skip) browser = await launch();
});
after(() => browser?.close());

const kept = (page, key) => page.evaluate((k) => JSON.parse(localStorage.getItem(k)), key);
const pressExactly = (page, label) => button(page, new RegExp(`^(✓ )?${label}$`)).click();

/** Ends the session of a page somewhere else. */
const endSession = async (page) => call('/auth:signOut', {}, (await kept(page, 'wuwei.session')).token);

/** An open wish of somebody else. */
async function openWish(title = '帮我换个灯泡') {
  const wish = await makeWish((await signIn()).token, title);
  await call(`/wishes/${wish}:approve`, {}, await signInStaff());
  return wish;
}

async function write(page, title) {
  await fill(page, '一句话说说', title);
  await fill(page, '详细说说', '客厅的灯泡坏了，我够不着，家里有新灯泡。');
  await fill(page, '怎么称呼您', '周桂兰');
  await fill(page, '地址', '3幢2单元502室');
}

describe('ways that are seldom walked', { skip }, () => {
  test('a visitor is offered a sign-in where something is somebody\'s own, and gets back', { timeout: 90_000 }, async () => {
    const page = await somebody(browser, widths.phone);
    const calls = [];
    page.on('request', (request) => calls.push(new URL(request.url()).pathname.split('/').at(-1)));
    await go(page);
    await press(page, '我的心愿');
    await sees(page, '登录后就能看到您的心愿');
    await look(page, '390-stranger-mine');
    await pressExactly(page, '登录');
    await sees(page, '获取验证码');
    await press(page, '返回');
    await sees(page, '登录后就能看到您的心愿');
    await press(page, '首页');
    await sees(page, '欢迎来到五微');

    await press(page, '长辈版');
    await sees(page, '我要许愿');
    assert.ok(await page.locator('[role=button]:visible, [role=link]:visible').count() <= 5);
    await look(page, '390-stranger-elder-home', 'elder');
    await press(page, '消息');
    await sees(page, '登录后就能看到您的消息');
    await look(page, '390-stranger-elder-inbox', 'elder');
    await press(page, '返回');
    await pressExactly(page, '我的登录、字号、退出长辈版');
    await look(page, '390-stranger-elder-me', 'elder');
    await press(page, '退出长辈版');
    await press(page, '首页');
    await sees(page, '附近的心愿');
    assert.deepEqual(['GetMe', 'ListInbox', 'CountUnread'].filter((name) => calls.includes(name)), []);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });

  test('somebody new chooses their home on the way to a claim; who is late sees that', { timeout: 120_000 }, async () => {
    const wish = await openWish();
    const late = await resident(browser, widths.phone);
    await go(late, `pages/wish/wish?id=${wish}`);
    await sees(late, '我来认领');

    const page = await somebody(browser, widths.phone);
    await go(page, `pages/wish/wish?id=${wish}`);
    await sees(page, '我来认领');
    await look(page, '390-stranger-wish');
    await press(page, '我来认领');
    await signInOn(page, newPhone());
    await press(page, '我来认领');
    await press(page, demo.street);
    await sees(page, demo.community);
    await press(page, '重新选');
    await press(page, demo.street);
    await look(page, '390-unit-street');
    await press(page, demo.community);
    await sees(page, '办理经过');
    await press(page, '我来认领');
    await sees(page, '我办好了');

    await press(late, '我来认领');
    await sees(late, '已有人认领');
    await late.locator('.acts .fault').waitFor();
    assert.equal(await button(late, '我来认领').count(), 0);
    await look(late, '390-wish-too-late');
    assert.deepEqual([...page.faults, ...late.faults], []);
    await Promise.all([page.context().close(), late.context().close()]);
  });

  test('what somebody left on a device is gone after them, also when their session ended elsewhere', { timeout: 120_000 }, async () => {
    const page = await resident(browser, widths.phone);
    await press(page, '许个心愿');
    await settled(page);
    await fill(page, '详细说说', '客厅的灯泡坏了');
    await endSession(page);
    await go(page, 'pages/mine/mine');
    await signInOn(page, newPhone());
    await sees(page, '您还没有许过心愿');
    assert.equal(await kept(page, 'wuwei.draft'), null);

    await go(page, 'pages/unit/unit');
    await press(page, demo.street);
    await press(page, demo.community);
    await sees(page, '附近的心愿');
    await press(page, '许个心愿');
    await settled(page);
    await fill(page, '地址', '3幢2单元502室');
    await press(page, '我的');
    await go(page, 'pages/me/me');
    await sees(page, '退出登录');
    await endSession(page);
    await press(page, '退出登录');
    await sees(page, '欢迎来到五微');
    const keys = await page.evaluate(() => ['draft', 'phone', 'address', 'owner'].filter((k) => localStorage.getItem(`wuwei.${k}`)));
    assert.deepEqual(keys, []);
    await page.context().close();
  });

  test('only the answers that the category asks for are sent', { timeout: 120_000 }, async () => {
    const page = await resident(browser, widths.phone);
    await press(page, '许个心愿');
    await settled(page);
    await press(page, '健康服务');
    await press(page, '就医陪同');
    await fill(page, '就诊医院', '省中医院');
    await pressExactly(page, '是');
    await sees(page, '✓ 是');
    await pressExactly(page, '是');
    assert.equal(await button(page, '✓ 是').count(), 0);
    await pressExactly(page, '是');
    await press(page, '家居维修');
    await press(page, '水电小修');
    await press(page, '灯具');
    await write(page, '帮我换个灯泡');
    await look(page, '390-make-fields');
    await press(page, '提交心愿');
    await sees(page, '办理经过');
    await sees(page, '灯具');
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });

  test('a wish whose answer was lost is not taken for the next one', { timeout: 120_000 }, async () => {
    const page = await resident(browser, widths.phone);
    await press(page, '许个心愿');
    await settled(page);
    await press(page, '综合');
    await press(page, '其他');
    await write(page, '帮我换个灯泡');
    await choose(page, '加照片', photo);
    await sees(page, '第 1 张已传好');
    await page.route('**/MakeWish', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await press(page, '提交心愿');
    await sees(page, '网络连接不上');
    await page.unroute('**/MakeWish');
    await fill(page, '一句话说说', '帮我修个水龙头');
    await press(page, '提交心愿');
    await sees(page, '现在写的这些还没有提交');
    // The picture went with the first.
    assert.deepEqual([await page.locator('.thumb-row').count(), (await kept(page, 'wuwei.draft')).pictureIds], [0, []]);
    await look(page, '390-make-another');
    await press(page, '当作新心愿提交');
    await sees(page, '办理经过');
    await go(page, 'pages/mine/mine');
    await sees(page, '帮我换个灯泡');
    assert.equal(await page.locator('.card-title').count(), 2);
    await page.context().close();
  });

  test('pictures on their way are given up when the page is left, and that is said', { timeout: 120_000 }, async () => {
    const page = await resident(browser, widths.phone);
    await go(page, 'pages/make/make');
    await choose(page, '加照片', photo);
    await sees(page, '第 1 张已传好');
    const lost = [];
    page.on('requestfailed', (request) => lost.push(request.failure().errorText));
    await page.route('**/upload', () => undefined); // it takes forever
    await choose(page, '再加照片', photo, photo);
    await sees(page, '正在上传');
    await press(page, '首页');
    await sees(page, '有 2 张照片还没传完，没有加上');
    await page.screenshot({ path: `${pictures}/390-make-left.png` });
    await until('the upload to be given up', () => lost.length > 0);
    assert.deepEqual(lost, ['net::ERR_ABORTED']);
    await page.unroute('**/upload');
    await go(page, 'pages/make/make');
    await sees(page, '第 1 张已传好');
    assert.equal(await page.locator('.thumb-row').count(), 1);

    // Taken away while it is on its way, it does not come.
    await page.route('**/upload', () => undefined);
    await choose(page, '再加照片', photo);
    await sees(page, '正在上传');
    await page.locator('.thumb-row', { hasText: '正在上传' }).locator('[role=button]', { hasText: '移除' }).click();
    await until('the upload to be given up', () => lost.length > 1);
    await page.unroute('**/upload');
    await choose(page, '再加照片', photo);
    await sees(page, '第 2 张已传好');

    // One that went with another wish meanwhile has to be added anew.
    const { pictureIds } = await kept(page, 'wuwei.draft');
    await makeWish(await tokenOf(page), '帮我修个水龙头', pictureIds.slice(0, 1));
    await press(page, '综合');
    await press(page, '其他');
    await write(page, '帮我换个灯泡');
    await press(page, '提交心愿');
    await page.locator('.form .fault').waitFor();
    assert.deepEqual([await page.locator('.thumb-row').count(), (await kept(page, 'wuwei.draft')).pictureIds], [0, []]);
    await look(page, '390-make-picture-attached');
    await press(page, '提交心愿');
    await sees(page, '办理经过');
    await page.context().close();
  });

  test('a look at a wish that is alike changes nothing that was chosen', { timeout: 120_000 }, async () => {
    const title = `帮我换个楼道里的灯泡${Date.now() % 100_000}`;
    const wish = await openWish(title);
    const page = await resident(browser, widths.phone);
    await go(page, 'pages/make/make');
    await press(page, '综合');
    await fill(page, '一句话说说', title);
    const alike = page.locator('[role=group][aria-label=可能一样的心愿]');
    await alike.locator('.card', { hasText: title }).click();
    await sees(page, '办理经过');
    // Followed on another device before.
    await call(`/wishes/${wish}:watch`, {}, await tokenOf(page));
    await press(page, '我也需要');
    await sees(page, '您在关注');
    assert.equal(await page.locator('.fault').count(), 0);
    await press(page, '返回');
    await sees(page, '✓ 综合');
    await alike.getByText('您在关注').waitFor();
    await look(page, '390-make-alike-followed');
    await page.context().close();
  });

  test('staff choose how they hear of their work, also when this is the first page', { timeout: 90_000 }, async () => {
    const page = await somebody(browser, widths.phone);
    const token = await signInStaff();
    await go(page);
    await page.evaluate((t) => localStorage.setItem('wuwei.session', JSON.stringify({ token: t, renewedAt: Date.now() })), token);
    await go(page, 'pages/preferences/preferences');
    await page.locator('[role=group][aria-label=工作]').waitFor();
    await look(page, '390-preferences-staff');
    await page.context().close();
  });

  test('where units cannot be had, that is said once and can be tried again', { timeout: 90_000 }, async () => {
    const page = await resident(browser, widths.phone);
    let calls = 0;
    await page.route('**/ListUnits', (route) => ++calls === 1 ? route.continue() : route.abort());
    await go(page, 'pages/unit/unit');
    await sees(page, '再试一次');
    await look(page, '390-unit-offline');
    assert.equal(await page.locator('.strong').filter({ visible: true }).textContent(), demo.district);
    await page.unroute('**/ListUnits');
    await press(page, '再试一次');
    await sees(page, demo.street);
    assert.equal(await page.locator('.strong').filter({ visible: true }).textContent(), demo.district);
    await page.context().close();
  });
});
