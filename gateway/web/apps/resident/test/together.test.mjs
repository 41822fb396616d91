// What people tell each other: pictures of a wish, who needs it as well, what the inbox says, and what maker and claimer write.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { button, choose, fill, go, launch, look, press, resident, sees, settled, skip, widths } from './browser.mjs';
import { call, demo, passAll, photo, signInStaff, until } from './running.mjs';

let browser;
before(async () => {
  if (!skip) browser = await launch();
});
after(() => browser?.close());

async function write(page, title, text = '客厅的灯泡坏了，我够不着，家里有新灯泡。') {
  await go(page, 'pages/make/make');
  await press(page, '综合');
  await press(page, '其他');
  await fill(page, '一句话说说', title);
  await fill(page, '详细说说', text);
  await fill(page, '怎么称呼您', '周桂兰');
  await fill(page, '地址', '3幢2单元502室');
}

const unitOfDemo = async (staff) => (await call(`/units/by/division/${demo.communityCode}`, undefined, staff)).unit.id;

async function open(page, made) {
  await go(page, `pages/wish/wish?id=${made}`);
  await settled(page);
}

describe('together', { skip }, () => {
  test('a wish with a picture is followed, claimed and talked about', { timeout: 300_000 }, async () => {
    const title = `帮我换个灯泡${Date.now() % 100_000}`;
    const maker = await resident(browser, widths.phone);
    await write(maker, title);

    // What is no picture is refused in words, and can be taken away.
    const text = `${photo}.txt.png`;
    writeFileSync(text, '这不是照片');
    await choose(maker, '加照片', text);
    await maker.locator('.thumb-row', { hasText: '!' }).waitFor();
    assert.equal(await button(maker, '再传一次').count(), 0);
    await look(maker, '390-make-picture-refused');
    await press(maker, '提交心愿');
    await sees(maker, '还有照片没有传好');
    await press(maker, '移除');
    await choose(maker, '加照片', photo);
    await sees(maker, '第 1 张已传好');
    // A draft keeps it.
    await go(maker);
    await go(maker, 'pages/make/make');
    await sees(maker, '第 1 张已传好');
    await choose(maker, '再加照片', photo);
    await sees(maker, '第 2 张已传好');
    await look(maker, '390-make-pictures');
    await press(maker, '提交心愿');
    await sees(maker, '办理经过');
    const wish = new URL(maker.url().replace('#/', '')).searchParams.get('id');
    await sees(maker, '检查中');
    await look(maker, '390-wish-picture-waiting');
    await maker.locator('[role=button][aria-label^=心愿的照片]').first().click();
    await maker.locator('uni-swiper').waitFor();
    await maker.locator('uni-swiper img, uni-swiper uni-image').first().waitFor();
    await call(`/wishes/${wish}:approve`, {}, await signInStaff());
    await until('both pictures to be passed', async () => {
      await passAll();
      const { pictures } = (await call(`/wishes/${wish}`, undefined, await signInStaff())).wish;
      return pictures.length === 2 && pictures.every((p) => p.state === 'CONTENT_STATE_PASSED');
    });

    // Somebody else needs the same, is shown that while they write, and follows it.
    const other = await resident(browser, widths.phone);
    await write(other, title);
    await sees(other, '可能已经有一样的心愿');
    await look(other, '390-make-alike');
    await press(other, '我也需要');
    await sees(other, '您在关注');
    await open(other, wish);
    await sees(other, '1 人也需要');
    assert.equal(await other.locator('[role=button][aria-label^=心愿的照片]').count(), 2);
    await look(other, '390-wish-followed');
    await go(other, 'pages/mine/mine');
    await press(other, '我关注的');
    await sees(other, title);
    await look(other, '390-mine-followed');
    await open(other, wish);
    await press(other, '不再关注');
    await sees(other, '我也需要');
    await press(other, '我也需要');
    await sees(other, '您在关注');

    const helper = await resident(browser, widths.small);
    await open(helper, wish);
    await press(helper, '我来认领');
    await sees(helper, '我办好了');
    await press(helper, '和许愿人说话');
    await sees(helper, '还没有人说话');
    await look(helper, '320-thread-empty');
    await fill(helper, '写给对方', '您好，明天下午三点来，我的电话是13912345678。');
    await press(helper, '发送');
    await sees(helper, '正在检查');
    await look(helper, '320-thread-waiting');

    // The maker hears of it, reads it, and answers.
    await go(maker);
    await until('an unread count', async () => {
      await passAll();
      await maker.reload();
      await settled(maker);
      return await maker.locator('.tab-count').count() > 0;
    });
    await look(maker, '390-home-unread');
    await press(maker, '消息');
    await until('the message in the inbox', async () => {
      await passAll();
      await maker.reload();
      await settled(maker);
      return await maker.getByText('心愿的对话里有新的留言').count() > 0;
    });
    await sees(maker, '● 未读');
    await look(maker, '390-inbox');
    await press(maker, '心愿的对话里有新的留言');
    await sees(maker, '明天下午三点来');
    assert.equal(await maker.getByText('13912345678').count(), 0);
    await sees(maker, '里面的号码和门牌先不显示');
    await press(maker, '我同意显示');
    await sees(maker, '等对方也同意');
    await look(maker, '390-thread');
    await press(maker, '举报');
    await fill(maker, '有什么问题', '问我要钱。');
    await look(maker, '390-thread-report');
    await press(maker, '提交举报');
    await sees(maker, '工作人员会看');
    await go(helper, new URL(helper.url()).hash.slice(2));
    await press(helper, '我同意显示');
    await sees(helper, '双方都同意了');
    await until('the number', async () => {
      await maker.reload();
      await settled(maker);
      return await maker.getByText('13912345678').count() > 0;
    });

    // Who follows hears that it was claimed; all can be read at once.
    await go(other, 'pages/inbox/inbox');
    await until('what was followed', async () => {
      await other.reload();
      await settled(other);
      return await other.getByText('你关注的心愿有人认领了').count() > 0;
    });
    await press(other, '全部标为已读');
    await other.getByText('● 未读').first().waitFor({ state: 'detached' });
    assert.equal(await other.locator('.tab-count').count(), 0);
    await press(other, '你关注的心愿有人认领了');
    await sees(other, '办理经过');

    // Given back, the wish is open again, and its talk still there for a while.
    const threadOf = helper.url();
    await open(helper, wish);
    await press(helper, '我办不了');
    await fill(helper, '什么原因', '临时要出远门。');
    await press(helper, '提交');
    await sees(helper, '等人认领');
    await helper.goto(threadOf);
    await sees(helper, '这个对话到');
    await look(helper, '320-thread-ending');
    assert.deepEqual([...maker.faults.filter((f) => !f.includes('400')), ...other.faults, ...helper.faults], []);
    await Promise.all([maker, other, helper].map((page) => page.context().close()));
  });

  test('a notice is read in full, and what comes by which way is chosen', { timeout: 120_000 }, async () => {
    const staff = await signInStaff();
    const title = `停水通知${Date.now() % 100_000}`;
    await call('/notices', {
      unitId: await unitOfDemo(staff), title, important: true, text: '明天上午九点到十一点停水。\n请提前接好水。',
    }, staff);
    const page = await resident(browser, widths.phone);
    await press(page, '消息');
    await sees(page, title);
    await look(page, '390-inbox-notice');
    await press(page, title);
    await sees(page, '请提前接好水');
    await look(page, '390-notice');
    await press(page, '返回');
    await page.locator('.item', { hasText: title }).getByText('● 未读').waitFor({ state: 'detached' });

    await press(page, '消息提醒');
    await sees(page, '不着急的消息');
    const sms = () => page.locator('[role=group][aria-label=活动] [role=button]').nth(1);
    await sms().click();
    await page.locator('[role=group][aria-label=活动]').getByText('✓ 短信').waitFor({ state: 'detached' });
    await press(page, '每天合成一条');
    await sees(page, '✓ 每天合成一条');
    await look(page, '390-preferences-set');
    await page.reload();
    await sees(page, '✓ 每天合成一条');
    assert.equal(await sms().textContent(), '短信');

    await go(page);
    await press(page, '长辈版');
    await sees(page, '我要许愿');
    await press(page, '消息');
    await press(page, title);
    await sees(page, '请提前接好水');
    await look(page, '390-elder-notice', 'elder');
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });

  test('what cannot be had is said, and can be tried again', { timeout: 120_000 }, async () => {
    const page = await resident(browser, widths.phone);
    for (const [path, method] of [
      ['inbox/inbox', 'ListInbox'], ['preferences/preferences', 'GetInboxPreferences'], ['notice/notice?id=0', 'GetNotice'],
      ['thread/thread?id=0', 'GetThread'], ['thread/talks', 'ListMyThreads'], ['content/content', 'ListMyContent'],
    ]) {
      await page.route(`**/${method}`, (route) => route.abort());
      await go(page, `pages/${path}`);
      await sees(page, '再试一次');
      await look(page, `390-${method}-lost`);
      await page.unroute(`**/${method}`);
    }

    await go(page, 'pages/thread/thread?id=00000000-0000-7000-8000-000000000000');
    await sees(page, '再试一次');
    await look(page, '390-thread-unknown');
    for (const [path, empty] of [['thread/talks', '还没有对话'], ['content/content', '您写的内容都没有问题']]) {
      await go(page, `pages/${path}`);
      await sees(page, empty);
      await look(page, `390-${path.split('/')[1]}-empty`);
    }

    // A picture that was lost on the way is sent again.
    await go(page, 'pages/make/make');
    const keys = [];
    page.on('request', (r) => { if (r.url().endsWith('/upload')) keys.push(r.headers()['idempotency-key']); });
    await page.route('**/upload', (route) => route.abort());
    await choose(page, '加照片', photo);
    await sees(page, '再传一次');
    await page.unroute('**/upload');
    await press(page, '再传一次');
    await sees(page, '第 1 张已传好');
    assert.ok(keys.length > 1 && new Set(keys).size === 1, 'it is the same picture, however often it was sent');
    assert.equal(await button(page, '再传一次').count(), 0);
    await page.context().close();
  });

  test('in elder mode all of it is large', { timeout: 120_000 }, async () => {
    const maker = await resident(browser, widths.small);
    await press(maker, '长辈版');
    await press(maker, '我要许愿');
    await fill(maker, '您想请人帮什么忙', `换个水龙头${Date.now() % 100_000}`);
    await fill(maker, '到哪里帮您', '5幢101室');
    await choose(maker, '加照片', photo);
    await sees(maker, '第 1 张已传好');
    await look(maker, '320-elder-make-picture', 'elder');
    await press(maker, '提交心愿');
    await sees(maker, '办理经过');
    await look(maker, '320-elder-wish-picture', 'elder');
    const wish = new URL(maker.url().replace('#/', '')).searchParams.get('id');
    await call(`/wishes/${wish}:approve`, {}, await signInStaff());
    const helper = await resident(browser, widths.small);
    await open(helper, wish);
    await press(helper, '我来认领');
    await sees(helper, '我办好了');
    await press(helper, '和许愿人说话');
    await fill(helper, '写给对方', '您好，周六上午十点来方便吗？');
    await press(helper, '发送');
    await sees(helper, '正在检查');
    await open(maker, wish);
    await press(maker, '和认领人说话');
    await until('the message', async () => {
      await passAll();
      await maker.reload();
      await settled(maker);
      return await maker.getByText('周六上午十点').count() > 0;
    });
    await look(maker, '320-elder-thread', 'elder');
    await go(maker, 'pages/inbox/inbox');
    await sees(maker, '心愿有人认领了');
    await look(maker, '320-elder-inbox-items', 'elder');
    assert.deepEqual([...maker.faults, ...helper.faults], []);
    await Promise.all([maker.context().close(), helper.context().close()]);
  });
});
