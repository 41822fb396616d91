// The ways that are walked when something is missing or comes late: a sign-in, a home, an answer, a network.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { button, fill, go, launch, look, press, resident, sees, settled, signInOn, skip, somebody, widths } from './browser.mjs';
import { call, demo, newPhone, signIn, signInStaff } from './running.mjs';

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
async function openWish() {
  const { token } = await signIn();
  const { unit } = await call(`/units/by/division/${demo.communityCode}`, undefined, token);
  const { categories } = await call(`/units/${unit.id}/categories`, undefined, token);
  const { wish } = await call('/wishes', {
    unitId: unit.id, categoryId: categories.find((c) => c.code === 'misc').id, title: '帮我换个灯泡', effortMinutes: 30,
    text: '客厅的灯泡坏了，我够不着。', contact: { name: '周桂兰', phone: newPhone(), address: '3幢2单元502室' },
  }, token);
  await call(`/wishes/${wish.id}:approve`, {}, await signInStaff());
  return wish.id;
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
    await look(page, '390-make-another');
    await press(page, '当作新心愿提交');
    await sees(page, '办理经过');
    await go(page, 'pages/mine/mine');
    await sees(page, '帮我换个灯泡');
    assert.equal(await page.locator('.card-title').count(), 2);
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
