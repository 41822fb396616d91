// What maker and claimer write to each other, while it goes on: news that come by themselves, and what must not be lost by them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  button, fill, go, launch, look, press, resident, sees, settled, signInOn, skip, tokenOf, widths,
} from './browser.mjs';
import { atHome, call, makeWish, newPhone, passAll, signInStaff, slowly, until, upload } from './running.mjs';

let browser;
before(async () => {
  if (!skip) browser = await launch();
});
after(() => browser?.close());

const askAgainMs = 10_000;

/** A talk of somebody in a browser, whose wish has a picture, with a helper of whom there is only the token. */
async function talk() {
  const maker = await resident(browser, widths.phone);
  const token = await tokenOf(maker);
  const title = `帮我换个灯泡${Date.now() % 100_000}`;
  const wish = await makeWish(token, title, [await upload(token)]);
  await call(`/wishes/${wish}:approve`, {}, await signInStaff());
  const helper = (await atHome()).token;
  const { claim } = (await call(`/wishes/${wish}:claim`, { kind: 'CLAIMER_KIND_NEIGHBOUR' }, helper)).wish;
  const say = async (...texts) => {
    for (const text of texts) await call(`/threads/${claim.id}/messages`, { text }, helper);
    await until('what was said to be shown', async () => {
      await passAll();
      const { messages } = await call(`/threads/${claim.id}/messages?pageSize=100`, undefined, helper);
      return messages.every((m) => m.state === 'CONTENT_STATE_PASSED');
    }, ...slowly);
  };
  return { maker, token, title, wish, helper, thread: claim.id, say };
}

/** Counts the calls of a method that a page makes. */
function calls(page, method) {
  const made = { count: 0 };
  page.on('request', (request) => { if (request.url().endsWith(`/${method}`)) made.count++; });
  return made;
}

/** Whatever happens from time to time happens now. */
const later = (page, ms = askAgainMs) => page.clock.fastForward(ms);

const top = (page) => page.evaluate(() => document.documentElement.scrollTop);

describe('a talk', { skip }, () => {
  test('goes on while somebody reads what was written earlier', { timeout: 300_000 }, async () => {
    const { maker, token, title, wish, helper, thread, say } = await talk();
    await maker.clock.install();
    await say('我的电话是13912345678。', ...Array.from({ length: 34 }, (_, i) => `第 ${i + 2} 句`));
    await go(maker, 'pages/me/me');
    await press(maker, '我的对话');
    await sees(maker, '35 条未读');
    await look(maker, '390-talks');

    // That it was read cannot be told, and is no reason not to show it.
    await maker.route('**/MarkThreadRead', (route) => route.abort());
    await press(maker, title);
    await sees(maker, '第 35 句');
    await until('the end of the talk', async () => await top(maker) > 0);
    assert.equal(await maker.getByText('我的电话是').count(), 0);
    await maker.unroute('**/MarkThreadRead');

    // What is asked for by itself does not undo what comes at the same time.
    let held;
    await maker.route('**/ListMessages', (route) => (held ? route.continue() : void (held = route)));
    await later(maker);
    await until('the look', () => held);
    await press(maker, '看更早的');
    await sees(maker, '里面的号码和门牌先不显示');
    await held.continue();
    await say('刚写的一句');
    await maker.evaluate(() => scrollTo(0, 0));
    await until('news', async () => {
      await later(maker);
      return await maker.getByText('刚写的一句').count() > 0;
    });
    await sees(maker, '我的电话是');
    assert.equal(await top(maker), 0);
    assert.equal(await maker.locator('.talk').count(), 36);

    // Nobody has read what nobody has seen.
    const { thread: unseen } = await call(`/threads/${thread}`, undefined, token);
    assert.ok(unseen.unread > 0);
    await look(maker, '390-thread-fresh');
    await press(maker, '有新留言');
    await until('the end of the talk', async () => await top(maker) > 0);
    await until('it to be read', async () => !(await call(`/threads/${thread}`, undefined, token)).thread.unread);
    assert.equal(await button(maker, '有新留言').count(), 0);

    // At the end of it, they follow.
    await maker.evaluate(() => scrollTo(0, 1e6));
    const before = await top(maker);
    await say('再写一句', '又写一句');
    await until('news', async () => {
      await later(maker);
      return await maker.getByText('又写一句').count() > 0;
    });
    await until('the end of the talk', async () => await top(maker) > before);

    // Once both agreed, what was loaded long ago says all of it, too.
    await press(maker, '我同意显示');
    await sees(maker, '等对方也同意');
    assert.equal(await maker.getByText('13912345678').count(), 0);
    await call(`/threads/${thread}:agreeToShowContacts`, {}, helper);
    await until('the number', async () => {
      await later(maker);
      return await maker.getByText('13912345678').count() > 0;
    });
    await look(maker, '390-thread-long');

    // Nothing is asked for while the page is not shown.
    await press(maker, '看这个心愿');
    await sees(maker, '办理经过');
    await settled(maker);
    const asked = calls(maker, 'GetThread');
    await later(maker, 6 * askAgainMs);
    await maker.reload(); // whatever was asked for before is under way by now
    await sees(maker, '办理经过');
    assert.equal(asked.count, 0);

    // A picture whose link is no good any more is shown again with the next one.
    await maker.route('**/pictures/**', (route) => route.abort());
    await go(maker, `pages/wish/wish?id=${wish}`);
    await sees(maker, '打不开，请刷新');
    await look(maker, '390-wish-picture-gone');
    await maker.unroute('**/pictures/**');
    await press(maker, '和认领人说话');
    await sees(maker, '又写一句');
    await press(maker, '返回');
    await maker.locator('[role=button][aria-label^=心愿的照片] img').first().waitFor();
    await maker.context().close();
  });

  test('is kept from whoever is not signed in, and what was not sent yet is not lost', { timeout: 240_000 }, async () => {
    const { maker, thread, say } = await talk();
    await maker.clock.install();
    await say('明天下午三点方便吗？');
    const page = `pages/thread/thread?id=${thread}`;
    await go(maker, page);
    await sees(maker, '明天下午三点方便吗');
    await fill(maker, '写给对方', '方便，请按二单元的门铃');

    // The session ended elsewhere: the page notices by itself, and stays.
    const session = await maker.evaluate(() => localStorage.getItem('wuwei.session'));
    await maker.evaluate(() => localStorage.setItem('wuwei.session', JSON.stringify({ token: 'ended', renewedAt: Date.now() })));
    await later(maker);
    await sees(maker, '没有发出的话会留着');
    assert.ok(maker.url().includes(page));
    assert.equal(await maker.getByText('明天下午三点方便吗').count(), 0);
    await look(maker, '390-thread-ended-elsewhere');
    await button(maker, /^登录$/).click();
    await sees(maker, '获取验证码');
    await maker.evaluate((kept) => localStorage.setItem('wuwei.session', kept), session);
    await go(maker, page);
    await sees(maker, '明天下午三点方便吗');
    assert.equal(await maker.locator('textarea:visible').inputValue(), '方便，请按二单元的门铃');
    await press(maker, '发送');
    await sees(maker, '正在检查');
    assert.equal(await maker.evaluate(() => localStorage.getItem('wuwei.texts')), '{}');

    // In another tab they sign out, and somebody else signs in.
    await fill(maker, '写给对方', '还有一句');
    const tab = Object.assign(await maker.context().newPage(), { faults: [] });
    tab.setDefaultTimeout(20_000);
    await go(tab, 'pages/me/me');
    await press(tab, '退出登录');
    await sees(maker, '登录后就能看到对话');
    assert.equal(await maker.getByText('明天下午三点方便吗').count(), 0);
    await go(tab, 'pages/sign-in/sign-in');
    await signInOn(tab, newPhone());
    await sees(maker, '再试一次');
    assert.equal(await maker.getByText('明天下午三点方便吗').count(), 0);
    assert.equal(await maker.evaluate(() => localStorage.getItem('wuwei.texts')), null);
    await maker.context().close();
  });
});
