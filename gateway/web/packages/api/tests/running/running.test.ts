import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import {
  browserPlatform, byWeChat, categories, createWuWei, identity, memoryStorage, organization, wishes, wxPlatform, type Platform,
  type PhoneNeeded, type WuWei, type Wx,
} from '../../src';
import { WishView } from '../../src/gen/wuwei/v1/wishes_pb';
import { overFetch, wxShim } from '../wxShim';

const { WUWEI_PUBLIC: baseUrl = '', WUWEI_CODES: codes = '', WUWEI_UNIT: unitCode = '', WUWEI_APP: appId = '' } = process.env;
const services = { categories, identity, organization, wishes };
type Program = WuWei<typeof services>;
let phones = 0;
const newPhone = () => `136${`${Date.now()}`.slice(-6)}${`${++phones}`.padStart(2, '0')}`;
const tell = async (what: string) => (await fetch(`${codes}/${what}`)).text();
const codeOf = (phone: string) => tell(`sms/${phone}`);

function program(platform: Platform, channel: 'weapp' | 'h5' = 'weapp'): Program {
  return createWuWei({ baseUrl, channel, clientVersion: '1.0.0', platform, services, signIn: async () => undefined });
}

async function signedIn(wuwei: Program, phone = newPhone()): Promise<Program> {
  const { challengeId } = await wuwei.access.askCode({ phone });
  await wuwei.access.signIn({ challengeId, code: await codeOf(phone) });
  return wuwei;
}

async function aWish(wuwei: Program, title = '帮我换个灯泡') {
  const { unit } = await wuwei.organization.getUnitByCode({ system: 'division', code: unitCode });
  const { categories } = await wuwei.categories.listCategories({ unitId: unit!.id });
  return {
    unitId: unit!.id, categoryId: categories.find((c) => c.code === 'misc')!.id, title, text: '客厅的灯泡坏了，我够不着。',
    effortMinutes: 20, contact: { name: '周桂兰', phone: '13900000003', address: '3幢2单元502室' },
  };
}

const mine = async (wuwei: Program) =>
  (await wuwei.wishes.listWishes({ view: WishView.MINE })).wishes.map((w) => w.title);

describe.each([
  ['a mini program', () => program(wxPlatform(wxShim()))],
  ['a browser', () => program({ ...browserPlatform(), storage: memoryStorage() }, 'h5')],
])('%s', (_, start) => {
  test('signs in, makes a wish and lists it', async () => {
    const wuwei = await signedIn(start());
    const { wish } = await wuwei.wishes.makeWish(await aWish(wuwei), { intent: wuwei.intent('make wish') });

    expect(wish?.title).toBe('帮我换个灯泡');
    expect(await mine(wuwei)).toEqual(['帮我换个灯泡']);
    await wuwei.access.signOut({});
    expect(wuwei.signedIn).toBe(false);
    await expect(wuwei.identity.getMe({})).rejects.toMatchObject({ reason: 'SIGN_IN_REQUIRED', retry: 'sign in' });
  });

  test('is refused with a reason, words for residents and an id', async () => {
    const wuwei = await signedIn(start());
    const error: unknown = await wuwei.wishes.makeWish(await aWish(wuwei, '灯')).catch((e: unknown) => e);

    expect(error).toMatchObject({
      reason: 'WISH_INVALID', retry: 'never', message: expect.stringMatching(/[\u4e00-\u9fff]/),
      requestId: expect.stringMatching(/^[0-9a-f]{32}$/),
      fields: [{ field: 'title', description: expect.stringMatching(/[\u4e00-\u9fff]/) }],
    });
    await expect(wuwei.access.askCode({ phone: '1' })).rejects.toMatchObject({ reason: 'PHONE_FORMAT', retry: 'never' });
  });

  test('gives up in time, and when told to', async () => {
    const wuwei = start();
    await expect(wuwei.identity.getMe({}, { timeoutMs: 0 })).rejects.toMatchObject({ reason: 'DEADLINE_PASSED' });
    const controller = new AbortController();
    const call = wuwei.identity.getMe({}, { signal: controller.signal });
    controller.abort();

    await expect(call).rejects.toMatchObject({ reason: 'CALL_CANCELLED' });
    await expect(wuwei.identity.getMe({})).rejects.toMatchObject({ reason: 'SIGN_IN_REQUIRED' });
  });
});

test('WeChat signs in: with a phone at first, then by itself, and the token is renewed', async () => {
  const [kept, user, phone] = [new Map<string, string>(), newPhone(), newPhone()];
  let needed: PhoneNeeded | undefined, logins = 0;
  const wx: Wx = {
    ...wxShim(kept),
    login: ({ success }) => {
      logins++;
      void tell(`wechat/${user}`).then((code) => success({ code }));
    },
  };
  const wuwei = createWuWei({
    baseUrl, channel: 'weapp', clientVersion: '1.0.0', platform: wxPlatform(wx), services,
    signIn: byWeChat(wx, appId, (n) => { needed = n; }),
  });
  await expect(wuwei.identity.getMe({})).rejects.toMatchObject({ retry: 'sign in' });
  await wuwei.weChat.signInWeChatPhone({
    ticket: needed!.ticket, proof: { case: 'phoneCode', value: await tell(`wechat/${user}/${phone}`) },
  });
  const { me } = await wuwei.identity.getMe({});

  kept.set('wuwei.session', JSON.stringify({ token: 'ended', renewedAt: Date.now() }));
  const all = await Promise.all(Array.from({ length: 20 }, () => wuwei.identity.getMe({})));
  expect(all.map((a) => a.me?.personId)).toEqual(Array(20).fill(me?.personId));
  expect(logins).toBe(2);

  const old = JSON.parse(kept.get('wuwei.session')!).token as string;
  kept.set('wuwei.session', JSON.stringify({ token: old, renewedAt: 0 }));
  await Promise.all(Array.from({ length: 20 }, () => wuwei.identity.getMe({})));
  await vi.waitFor(() => expect(JSON.parse(kept.get('wuwei.session')!).token).not.toBe(old), { timeout: 20_000 });
  expect((await wuwei.identity.getMe({})).me?.personId).toBe(me?.personId);
  expect(logins).toBe(2);
});

test('an answer that is lost on the way makes no second wish', async () => {
  const kept = new Map<string, string>();
  let lose = false;
  const request: Wx['request'] = (options) => overFetch()({
    ...options,
    success: (answer) => lose && options.url.endsWith('MakeWish')
      ? options.fail({ errMsg: 'request:fail' }) : options.success(answer),
  });
  const wuwei = await signedIn(program(wxPlatform(wxShim(kept, request))));
  const wish = await aWish(wuwei);
  lose = true;
  await expect(wuwei.wishes.makeWish(wish, { intent: wuwei.intent('make wish') })).rejects.toMatchObject({ retry: 'same call' });

  const started = program(wxPlatform(wxShim(kept)));
  await started.wishes.makeWish(wish, { intent: started.intent('make wish') });
  expect(await mine(started)).toHaveLength(1);
  await started.wishes.makeWish(wish, { intent: started.intent('make wish') });
  expect(await mine(started)).toHaveLength(2);
});

test('the example of the README works as printed', async () => {
  const readme = readFileSync(new URL('../../../../../../README.md', import.meta.url), 'utf8');
  const example = /### For mini program developers[^]*?```ts\n([^]*?)```/.exec(readme)![1]!;
  const { outputFiles } = await build({
    stdin: { contents: example, loader: 'ts', resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true, write: false, format: 'esm',
  });
  const { makeFirstWish } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0]!.contents).toString('base64')}`);
  const make = (title: string) => {
    const phone = newPhone();
    return makeFirstWish(wxShim(), baseUrl, phone, async (what: string) =>
      what === 'code' ? codeOf(phone) : what === 'unit' ? unitCode : title);
  };

  expect(await make('帮我换个灯泡')).toMatch(/^[0-9a-f-]{36}$/);
  expect(await make('灯')).toMatch(/^[\u4e00-\u9fff].*\(WISH_INVALID, never\)$/);
});
