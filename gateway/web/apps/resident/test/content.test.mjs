// What was refused: its author is told, reads why, and appeals.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { button, fill, go, launch, look, press, resident, sees, settled, skip, tokenOf, widths } from './browser.mjs';
import { call, demo, makeWish, signInStaff, slowly, until, upload } from './running.mjs';

let browser;
before(async () => {
  if (!skip) browser = await launch();
});
after(() => browser?.close());

/** All that waits for the staff of a unit, longest first. */
async function reviewsOf(unitId, staff) {
  const all = [];
  for (let token = '', first = true; first || token; first = false) {
    const page = await call(`/units/${unitId}/content-reviews?pageSize=50&pageToken=${encodeURIComponent(token)}`, undefined, staff);
    all.push(...page.reviews ?? []);
    token = page.nextPageToken;
  }

  return all;
}

/** Staff refuse a wish and its picture, when they have come to them. */
async function refuse(wish, pictureId) {
  const staff = await signInStaff();
  const { unit } = await call(`/units/by/division/${demo.communityCode}`, undefined, staff);
  const reviews = await until('the reviews', async () => {
    const all = await reviewsOf(unit.id, staff);
    const found = all.filter((r) => [wish, pictureId].includes(r.contentId));
    return found.length === 2 && found;
  }, ...slowly);
  await call('/content-reviews', {
    choices: reviews.map(({ id, version }) => ({ id, version, reason: 'REFUSAL_REASON_ADVERTISING', reasonText: '里面有推销的话。' })),
  }, staff);
}

describe('what was refused', { skip }, () => {
  test('is told of with its reason, and can be appealed against once', { timeout: 240_000 }, async () => {
    const page = await resident(browser, widths.phone);
    const token = await tokenOf(page);
    const picture = await upload(token);
    const wish = await makeWish(token, '帮我换个灯泡', [picture], 'plants'); // of a kind of which nothing but its text is looked at
    await go(page, 'pages/content/content');
    await press(page, '全部');
    await sees(page, '◔ 正在检查');
    await refuse(wish, picture);

    await go(page, 'pages/inbox/inbox');
    await until('the item', async () => {
      await page.reload();
      await settled(page);
      return await page.getByText('你写的内容没有通过审核').count() > 0;
    });
    await press(page, '你写的内容没有通过审核');
    await sees(page, '× 没有通过');
    await sees(page, '像是广告：里面有推销的话。');
    await page.locator('[role=button][aria-label^=照片] img').waitFor();
    await look(page, '390-content');
    await press(page, '看看写了什么');
    await sees(page, '没有通过检查');
    await press(page, '返回');
    await page.locator('.card', { hasText: '心愿' }).locator('[role=button]', { hasText: '我要申诉' }).click();
    await press(page, '提交申诉');
    await sees(page, '请至少写两个字');
    await fill(page, '为什么应该通过', '这是我家的灯泡，没有推销。');
    await look(page, '390-content-appeal');

    // The answer is lost, and it is sent again: once.
    await page.route('**/AppealContent', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await press(page, '提交申诉');
    await sees(page, '网络连接不上');
    await page.unroute('**/AppealContent');
    await press(page, '提交申诉');
    await sees(page, '正等另外的工作人员决定');
    assert.equal(await button(page, '我要申诉').count(), 1); // the picture's

    // From another device, the picture, too.
    await press(page, '我要申诉');
    await fill(page, '为什么应该通过', '照片里没有推销。');
    const { contents } = await call('/me/content', undefined, token);
    await call(`/me/content/${contents.find((c) => c.contentId === picture).id}:appeal`, { reason: '照片里没有推销。' }, token);
    await press(page, '提交申诉');
    await sees(page, '已经申诉过了');
    assert.equal(await button(page, '我要申诉').count(), 0);

    const above = await signInStaff(demo.communityCode.slice(0, 9));
    for (const [contentId, admit, answer] of [[wish, true, '是误判。'], [picture, false, '照片上有店名和电话。']]) {
      await call(`/content-appeals/${contents.find((c) => c.contentId === contentId).id}:decide`, { admit, answer }, above);
    }

    await page.reload();
    await sees(page, '申诉成立，内容可以给大家看了。答复：是误判。');
    await sees(page, '申诉没有成立。答复：照片上有店名和电话。');
    await look(page, '390-content-decided');
    await go(page);
    await press(page, '长辈版');
    await go(page, 'pages/content/content');
    await sees(page, '● 通过了');
    await look(page, '390-elder-content', 'elder');
    assert.deepEqual(page.faults.filter((f) => !f.includes('ERR_FAILED')), []);
    await page.context().close();
  });
});
