// The mini program as it was built. It needs `scripts/web weapp`; the calls need the running program, too.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { before, describe, test } from 'node:test';
import { all, built, json, overFetch, Phone, shown } from './phone.mjs';
import { atHome, call, newPhone, photo, skip as notRunning, until, weChat } from './running.mjs';

const packageBytesMax = 2 * 1024 * 1024;

describe('the mini program', { skip: existsSync(join(built, 'app.json')) ? false : 'it is not built: scripts/web build' }, () => {
  let pages;
  let roots;
  before(() => {
    const { subPackages, ...app } = json('app');
    roots = subPackages.map(({ root }) => root);
    pages = [...app.pages, ...subPackages.flatMap(({ root, pages: own }) => own.map((page) => `${root}/${page}`))];
  });

  test('is small, and loads nothing from elsewhere', () => {
    const files = readdirSync(built, { recursive: true }).map((f) => join(built, f)).filter((f) => statSync(f).isFile());
    assert.ok(files.reduce((sum, f) => sum + statSync(f).size, 0) < packageBytesMax / 2);
    for (const file of files.filter((f) => f.endsWith('.js'))) {
      assert.doesNotMatch(readFileSync(file, 'utf8'), /preloadAssets|\bnew Function\b|\beval\(/, file);
    }
  });

  test('starts without what only one page needs', () => {
    const packageOf = (file) => roots.find((root) => file.startsWith(`${root}/`)) ?? '';
    const files = readdirSync(built, { recursive: true }).filter((f) => f.endsWith('.js'));
    const wrong = files.flatMap((file) => [...readFileSync(join(built, file), 'utf8').matchAll(/require\("(\.[^"]*)"\)/g)]
      .map(([, path]) => normalize(join(dirname(file), path)))
      .filter((needed) => packageOf(needed) && packageOf(needed) !== packageOf(file)).map((needed) => `${file} needs ${needed}`));
    assert.deepEqual(wrong, []);
    // Services are in the code as protos are described: in base64.
    const services = (some) => some.flatMap((f) => [...readFileSync(join(built, f), 'utf8').matchAll(/"([\w+/]{100,}=*)"/g)])
      .map(([, text]) => Buffer.from(text, 'base64').toString('latin1')).join();
    const ofPages = ['ListPoints', 'GetMyRank', 'ListMessages', 'ListMyThreads', 'GetNotice', 'ListMyContent', 'AppealContent'];
    const has = (some) => ofPages.filter((call) => services(some).includes(call));
    assert.deepEqual(has(files.filter((f) => !packageOf(f))), []);
    assert.deepEqual(has(files.filter(packageOf)), ofPages);
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

  test('asks what is new in a talk only as long as its page is shown', () => {
    const phone = new Phone((options) => {
      setTimeout(() => options.fail({ errMsg: 'request:fail' }));
      return { abort() {} };
    });
    const page = phone.open('pages/thread/thread', { id: '0' });
    const ticking = [phone.ticking.size];
    for (const what of ['onHide', 'onShow', 'onUnload']) {
      page[what]();
      ticking.push(phone.ticking.size);
    }

    assert.deepEqual(ticking, [1, 0, 1, 0]);
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

      // One tap allows one message. The demo has no templates, and so nothing to ask for.
      const { token } = JSON.parse(phone.storage.get('wuwei.session'));
      const templates = async () => (await call('/me/inbox/preferences', undefined, token)).templates ?? [];
      if ((await templates()).length) {
        // Signed in by the first call, as after a start.
        const fresh = new Phone(overFetch, user);
        const inbox = fresh.open('pages/inbox/inbox');
        await fresh.press(inbox, '用微信提醒我', 2);
        await until('a message that is allowed', async () => (await templates())[0].remaining === 1);
        assert.equal(fresh.asked.length, 1);
      }

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
    const { token } = await atHome();
    const phone = new Phone(overFetch, 'nobody', session(token));
    await phone.press(phone.open('pages/me/me'), '换成长辈版');
    const make = phone.open('pages/make/make');
    await phone.write(make, '您想请人帮什么忙？', '换灯泡');
    await phone.write(make, '到哪里帮您？', '5幢101室');
    assert.equal(phone.fields(make).length, 2);
    await phone.press(make, '提交心愿');
    const wish = await made(phone, token);
    assert.deepEqual([wish.title, wish.mine, wish.cell], ['换灯泡', true, undefined]);
    assert.deepEqual(phone.faults, []);
  });

  test('adds a picture to a wish', { skip: notRunning, timeout: 60_000 }, async () => {
    const { token } = await atHome();
    const phone = new Phone(overFetch, 'nobody', session(token));
    phone.album = [photo];
    await phone.press(phone.open('pages/me/me'), '换成长辈版');
    const make = phone.open('pages/make/make');
    await phone.write(make, '您想请人帮什么忙？', '楼道灯坏了');
    await phone.write(make, '到哪里帮您？', '5幢101室');
    await phone.press(make, '加照片');
    await until('the picture', () => phone.button(make, '再加照片') && shown(make).includes('/pictures/'));
    await phone.press(make, '提交心愿');
    const { pictures } = await made(phone, token);
    assert.equal(pictures.length, 1);
    const page = phone.open('pages/wish/wish', { id: phone.opened.at(-1).split('=')[1] });
    await until('the picture of the wish', () => shown(page).includes(pictures[0].id));
    assert.deepEqual(phone.faults, []);
  });

  test('says what to do where it is not let at the album', { skip: notRunning, timeout: 60_000 }, async () => {
    const { token } = await atHome();
    const phone = new Phone(overFetch, 'nobody', session(token));
    await phone.press(phone.open('pages/me/me'), '换成长辈版');
    const make = phone.open('pages/make/make');
    phone.albumFault = 'cancel';
    await phone.press(make, '加照片');
    await until('the album', () => phone.asked.join() === 'album');
    assert.ok(!phone.button(make, '去设置'));
    phone.asked = [];
    phone.albumFault = 'auth deny';
    await phone.press(make, '加照片');
    await phone.press(make, '去设置');
    await until('the settings', () => phone.asked.join() === 'album,settings');
    [phone.albumFault, phone.album] = ['', [photo]];
    await phone.press(make, '加照片');
    await until('the picture', () => phone.button(make, '再加照片') && !phone.button(make, '去设置'));
    assert.deepEqual(phone.faults, []);
  });

  test('has an inbox, and is told how to remind of it', { skip: notRunning, timeout: 60_000 }, async () => {
    const { token } = await atHome();
    const phone = new Phone(overFetch, 'nobody', session(token));
    const inbox = phone.open('pages/inbox/inbox');
    const [newest] = (await call('/me/inbox', undefined, token)).items ?? [];
    await until('what is in it', () => shown(inbox).includes(newest?.text ?? '还没有消息'));
    const preferences = phone.open('pages/preferences/preferences');
    await phone.press(preferences, '每天合成一条');
    await until('the preference', async () => (await call('/me/inbox/preferences', undefined, token)).preferences?.digest);
    assert.deepEqual(phone.faults, []);
  });

  test('tells where a wish is when it is told to, and no more of that is kept than the cell', { skip: notRunning, timeout: 60_000 }, async () => {
    const { token, unit } = await atHome();
    const { categories } = await call(`/units/${unit.id}/categories`, undefined, token);
    const phone = new Phone(overFetch, 'nobody', session(token));
    phone.storage.set('wuwei.draft', JSON.stringify({
      categoryId: categories.find((c) => c.code === 'misc').id, title: '帮我换个灯泡', text: '客厅的灯泡坏了，我够不着。', name: '周桂兰',
      address: '3幢2单元502室',
    }));
    const make = phone.open('pages/make/make');
    await phone.press(make, '用我现在的位置');
    await until('the place', () => phone.button(make, '用我现在的位置').data.a);
    await phone.press(make, '提交心愿');
    const wish = await made(phone, token);
    // The middle of its cell: the steps are 5,000 and 8,000 millionths.
    assert.deepEqual(wish.cell, { latitude: 32_032_500, longitude: 118_756_000 });
    assert.deepEqual(phone.faults, []);
  });
});

/** The wish whose page was opened. */
async function made(phone, token) {
  const page = await until('the page of the wish', () => phone.opened.find((url) => url.startsWith('/pages/wish/wish?id=')));
  return (await call(`/wishes/${page.split('=')[1]}`, undefined, token)).wish;
}

const session = (token) => new Map([['wuwei.session', JSON.stringify({ token, renewedAt: Date.now() })]]);

async function ownIsShown(phone, maskedPhone) {
  const points = phone.open('pages/points/points');
  await until('the balance', () => Object.values(points.data).includes('0'));
  const me = phone.open('pages/me/me');
  await until('the phone', () => maskedPhone.test(shown(me)));
}
