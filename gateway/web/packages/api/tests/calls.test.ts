import { create, toBinary, type DescMessage, type MessageInitShape } from '@bufbuild/protobuf';
import { AnySchema, anyPack, timestampFromMs, type Any } from '@bufbuild/protobuf/wkt';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { Code, ConnectError, encodeBinaryHeader } from '@connectrpc/connect';
import { beforeEach, expect, test, vi } from 'vitest';
import {
  createWuWei, identity, threads, wishes, wxPlatform, type SignIn, type WuWei, type WuWeiError, type Wx, type WxAnswer, type WxRequest,
  type WxUpload,
} from '../src';
import { BadRequestSchema, ErrorInfoSchema } from '../src/gen/google/rpc/error_details_pb';
import { RenewSessionResponseSchema, SignInResponseSchema } from '../src/gen/wuwei/v1/access_pb';
import { GetMeResponseSchema } from '../src/gen/wuwei/v1/identity_pb';
import { MakeWishResponseSchema } from '../src/gen/wuwei/v1/wishes_pb';
import { answer, frame, refusal, trailer, wxShim } from './wxShim';

const day = 24 * 60 * 60 * 1000;
let kept: Map<string, string>, sent: WxRequest[], signIns: number;
beforeEach(() => {
  [kept, sent, signIns] = [new Map(), [], 0];
  vi.useRealTimers();
});

const services = { identity, wishes };
type Program = WuWei<typeof services>;
type Answers = (request: WxRequest, method: string) => WxAnswer | undefined;

/** A program on this phone; what its calls get. None: `wx.request` fails. */
function program(answers: Answers, signIn: SignIn = async () => { signIns++; }, uploadFile?: Wx['uploadFile']): Program {
  const wx = { ...wxShim(kept, (options) => {
    sent.push(options);
    const given = answers(options, options.url.split('/').pop()!);
    setTimeout(() => given ? options.success(given) : options.fail({ errMsg: 'request:fail' }));
    return { abort: () => undefined };
  }), ...(uploadFile && { uploadFile }) };
  return createWuWei({
    baseUrl: 'https://w.example', channel: 'weapp', clientVersion: '1.2.0', platform: wxPlatform(wx), services, signIn,
  });
}

function done<S extends DescMessage>(schema: S, value: MessageInitShape<S>): WxAnswer {
  return answer([...frame(0, toBinary(schema, create(schema, value))), ...trailer('grpc-status: 0\r\n')]);
}

function refused(code: number, reason: string, ...more: Any[]): WxAnswer {
  const info = anyPack(ErrorInfoSchema, create(ErrorInfoSchema, { reason, domain: 'wuwei' }));
  // google.rpc.Status
  const status = new BinaryWriter().tag(1, WireType.Varint).int32(code).tag(2, WireType.LengthDelimited).string('请看');
  [info, ...more].forEach((d) => status.tag(3, WireType.LengthDelimited).bytes(toBinary(AnySchema, d)));
  return refusal(code, encodeBinaryHeader(status.finish()), encodeURIComponent('请看'));
}

const me = () => done(GetMeResponseSchema, { me: { personId: 'p' } });
const keys = () => sent.map((s) => s.header['idempotency-key']);
const signedIn = (token: string): SignIn => async (wuwei) => {
  signIns++;
  await wuwei.access.signIn({ challengeId: token });
};
const begun = (token: string) => done(SignInResponseSchema, { token, expiresAt: timestampFromMs(Date.now() + 30 * day) });

test('each call says where it comes from', async () => {
  const wuwei = program(me);
  await wuwei.identity.getMe({});
  await wuwei.identity.getMe({});

  expect(sent[0]!.header).toMatchObject({ 'x-wuwei-channel': 'weapp/1.2.0', 'grpc-timeout': expect.stringMatching(/^\d{4,5}m$/) });
  expect(sent[0]!.header['x-wuwei-device']).toMatch(/^[0-9a-f-]{36}$/);
  expect(sent[1]!.header['x-wuwei-device']).toBe(sent[0]!.header['x-wuwei-device']);
  expect(sent[1]!.header['x-request-id']).not.toBe(sent[0]!.header['x-request-id']);
  expect(sent[0]!.header['idempotency-key']).toBeUndefined();
});

test('20 calls whose session ended sign in once, and all are answered', async () => {
  const wuwei = program(
    ({ header }, method) => method === 'SignIn' ? begun('new')
      : header['authorization'] === 'Bearer new' ? me() : refused(16, 'SIGN_IN_REQUIRED'),
    signedIn('c'));
  const all = await Promise.all(Array.from({ length: 20 }, () => wuwei.identity.getMe({})));

  expect(all.map((a) => a.me?.personId)).toEqual(Array(20).fill('p'));
  expect([signIns, sent.length]).toEqual([1, 41]);
  expect(wuwei.signedIn).toBe(true);
});

test('whoever is refused with a new session, too, is refused', async () => {
  const wuwei = program((_, method) => method === 'SignIn' ? begun('new') : refused(16, 'SIGN_IN_REQUIRED'), signedIn('c'));

  await expect(wuwei.identity.getMe({})).rejects.toMatchObject({ reason: 'SIGN_IN_REQUIRED', retry: 'sign in' });
  expect([signIns, sent.length]).toEqual([1, 3]);
});

test('where the page must sign in, calls say so', async () => {
  const wuwei = program(() => refused(16, 'SIGN_IN_REQUIRED'));
  const all = await Promise.allSettled(Array.from({ length: 20 }, () => wuwei.identity.getMe({})));

  expect(all.map((a) => a.status === 'rejected' && (a.reason as WuWeiError).retry)).toEqual(Array(20).fill('sign in'));
  expect([signIns, sent.length]).toEqual([1, 20]);
});

test('who signed out stays out until they sign in', async () => {
  const wuwei = program((_, method) => method === 'SignIn' ? begun('t') : method === 'SignOut'
    ? answer([...frame(0, new Uint8Array()), ...trailer('grpc-status: 0\r\n')]) : refused(16, 'SIGN_IN_REQUIRED'), signedIn('c'));
  await wuwei.signIn();
  await wuwei.access.signOut({});

  await expect(wuwei.identity.getMe({})).rejects.toMatchObject({ retry: 'sign in' });
  expect([signIns, wuwei.signedIn]).toEqual([1, false]);
  expect(await wuwei.signIn()).toBe(true);
});

test('what everybody may read is read although a session ended', async () => {
  kept.set('wuwei.session', JSON.stringify({ token: 'ended', renewedAt: Date.now() }));
  const wuwei = program(({ header }) => header['authorization'] ? refused(16, 'SIGN_IN_REQUIRED') : me());

  expect((await wuwei.identity.getMe({})).me?.personId).toBe('p');
  expect([signIns, wuwei.signedIn]).toEqual([1, false]);
});

test('a sign-in that fails says why in words', async () => {
  const wuwei = program(() => undefined, async () => { throw new ConnectError('login:fail', Code.Unavailable); });

  await expect(wuwei.signIn()).rejects.toMatchObject({ name: 'WuWeiError', reason: 'NETWORK_LOST', retry: 'same call' });
  expect(wuwei.signedIn).toBe(false);
});

test('what nobody asked for is refused rather than asks for a sign-in', async () => {
  kept.set('wuwei.session', JSON.stringify({ token: 'ended', renewedAt: Date.now() }));
  const wuwei = program(() => refused(16, 'SIGN_IN_REQUIRED'));

  await expect(wuwei.identity.getMe({}, { unasked: true })).rejects.toMatchObject({ retry: 'sign in' });
  expect([signIns, sent.length, wuwei.signedIn]).toEqual([0, 1, false]);
  await expect(wuwei.identity.getMe({})).rejects.toMatchObject({ retry: 'sign in' });
  expect(signIns).toBe(1);
});

test('a wrong code is no reason to sign in', async () => {
  const wuwei = program(() => refused(16, 'CODE_WRONG'));

  await expect(wuwei.access.signIn({})).rejects.toMatchObject({ reason: 'CODE_WRONG', retry: 'never', message: '请看' });
  expect(signIns).toBe(0);
});

test('a token that is a day old is renewed once, and again if nobody answered', async () => {
  vi.useFakeTimers();
  let lost = true;
  const wuwei = program((_, method) => method === 'SignIn' ? begun('old') : method !== 'RenewSession' ? me()
    : lost ? undefined : done(RenewSessionResponseSchema, { token: 'new', expiresAt: timestampFromMs(Date.now() + 30 * day) }));
  const calls = async () => {
    const all = Promise.all(Array.from({ length: 20 }, () => wuwei.identity.getMe({})));
    await vi.advanceTimersByTimeAsync(100);
    await all;
  };
  const signed = wuwei.access.signIn({});
  await vi.advanceTimersByTimeAsync(100);
  await signed;
  await calls();
  await vi.advanceTimersByTimeAsync(day);
  await calls();
  lost = false;
  await vi.advanceTimersByTimeAsync(10_000);
  await calls();
  await calls();

  const renewals = sent.filter((s) => s.url.endsWith('RenewSession')).map((s) => s.header['authorization']);
  expect(renewals).toEqual(['Bearer old', 'Bearer old']);
  expect(sent.at(-1)!.header['authorization']).toBe('Bearer new');
  vi.useRealTimers();
});

test('a write whose answers are lost is tried again with its key, and after a crash, too', async () => {
  const first = program(() => undefined);
  await expect(first.wishes.makeWish({}, { intent: first.intent('make wish') }))
    .rejects.toMatchObject({ reason: 'NETWORK_LOST', message: '网络连接不上，请检查网络后再试。', retry: 'same call' });
  const again = program(() => done(MakeWishResponseSchema, { wish: { id: 'w' } }));
  const intent = again.intent('make wish');
  await again.wishes.makeWish({}, { intent });

  expect(sent.length).toBe(5);
  expect(new Set(keys()).size).toBe(1);
  expect(again.intent('make wish').key).not.toBe(intent.key);
});

test('what the services decided is answered', async () => {
  const wuwei = program(() => refused(3, 'TITLE_LENGTH'));
  const intent = wuwei.intent('make wish');
  await expect(wuwei.wishes.makeWish({}, { intent })).rejects.toMatchObject({ reason: 'TITLE_LENGTH' });

  expect(sent.length).toBe(1);
  expect(wuwei.intent('make wish').key).not.toBe(intent.key);
});

test.each([[9, 'WISH_WRONG_STATUS', true], [10, 'WISH_MOVED', true], [3, 'TITLE_LENGTH', false], [14, 'NETWORK_LOST', false]])(
  'after %i %s, what somebody saw is outdated: %s', async (code, reason, outdated) => {
    const error = await program(() => refused(code, reason)).wishes.claimWish({}).catch((e: unknown) => e);

    expect(error).toMatchObject({ reason, outdated });
  });

test('a busy database is waited for, a code is asked for once', async () => {
  let busy = 2;
  const wuwei = program((_, method) => method === 'AskCode' ? undefined : busy-- > 0 ? refused(8, 'DATABASE_BUSY') : me());
  await wuwei.identity.getMe({});
  await expect(wuwei.access.askCode({})).rejects.toMatchObject({ reason: 'NETWORK_LOST' });

  expect(sent.length).toBe(4);
});

test('a refusal names reason, words, fields and its id', async () => {
  const fields = create(BadRequestSchema, { fieldViolations: [{ field: 'contact.phone', description: '号码不对' }] });
  const given = refused(3, 'FIELDS_INVALID', anyPack(BadRequestSchema, fields));
  given.header['X-Request-Id'] = 'an id';
  const error = await program(() => given).identity.getMe({}).catch((e: unknown) => e);

  expect(error).toMatchObject({
    name: 'WuWeiError', reason: 'FIELDS_INVALID', message: '请看', requestId: 'an id', retry: 'never',
    fields: [{ field: 'contact.phone', description: '号码不对' }],
  });
});

test('patience ends, and whoever gives up is told so', async () => {
  const wx = wxShim(kept, () => ({ abort: () => undefined }));
  const wuwei = createWuWei({
    baseUrl: '', channel: 'weapp', clientVersion: '1', platform: wxPlatform(wx), services, signIn: async () => undefined,
  });
  await expect(wuwei.identity.getMe({}, { timeoutMs: 20 })).rejects.toMatchObject({ reason: 'DEADLINE_PASSED' });
  const controller = new AbortController();
  const call = wuwei.identity.getMe({}, { signal: controller.signal });
  controller.abort();
  await expect(call).rejects.toMatchObject({ reason: 'CALL_CANCELLED', retry: 'same call' });
});

/** A program whose uploads get these bodies, one after the other; none: `wx.uploadFile` fails. */
function uploader(...bodies: (string | undefined)[]) {
  const uploads: WxUpload[] = [];
  const wuwei = program(() => undefined, undefined, (options) => {
    const body = bodies[uploads.push(options) - 1];
    setTimeout(() => body === undefined
      ? options.fail({ errMsg: 'uploadFile:fail' }) : options.success({ statusCode: 200, data: body }));
    return { abort: () => undefined, onProgressUpdate: (told) => told({ progress: 40 }) };
  });
  return { wuwei, uploads };
}

test('a picture that was lost on the way is sent again as the same, and says how far it is', async () => {
  const picture = { id: 'p', thumbnailUrl: '/pictures/a', largeUrl: '/pictures/b' };
  const { wuwei, uploads } = uploader(undefined, JSON.stringify({ errcode: 0, errmsg: '', data: { picture }, request_id: 'r' }));
  const told: number[] = [];

  expect(await wuwei.uploadPicture('a-path', { progress: (percent) => told.push(percent) })).toEqual(picture);
  expect(uploads.map((u) => [u.url, u.filePath, u.name])).toEqual(Array(2).fill(['https://w.example/upload', 'a-path', 'file']));
  expect(uploads[0]!.header['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  expect(uploads[1]!.header['idempotency-key']).toBe(uploads[0]!.header['idempotency-key']);
  expect(told).toEqual([40, 40]);
});

test('a picture that somebody sends once more is the same one', async () => {
  const picture = { id: 'p', thumbnailUrl: '/pictures/a', largeUrl: '/pictures/b' };
  const { wuwei, uploads } = uploader(
    JSON.stringify({ errcode: 50000, errmsg: '系统出错了', reason: 'INTERNAL', data: null, request_id: 'r' }),
    JSON.stringify({ errcode: 0, errmsg: '', data: { picture }, request_id: 'r' }));
  const intent = wuwei.intent();

  await expect(wuwei.uploadPicture('a', { intent })).rejects.toMatchObject({ reason: 'INTERNAL' });
  expect(await wuwei.uploadPicture('a', { intent })).toEqual(picture);
  expect(new Set(uploads.map((u) => u.header['idempotency-key']))).toEqual(new Set([intent.key]));
});

test('a picture is refused in words, also by what is no answer of ours', async () => {
  const body = JSON.stringify({ errcode: 40001, errmsg: '这不是照片。', reason: 'PICTURE_FORMAT', fields: [], request_id: 'r' });

  await expect(uploader(body).wuwei.uploadPicture('a')).rejects.toMatchObject(
    { reason: 'PICTURE_FORMAT', message: '这不是照片。', retry: 'never', requestId: 'r' });
  await expect(uploader('<html>').wuwei.uploadPicture('a')).rejects.toMatchObject(
    { reason: 'INTERNAL', message: expect.stringMatching(/[\u4e00-\u9fff]/) });
});

test('a part of the program that is loaded later brings its own services', async () => {
  const { threads: later } = program(() => undefined).also({ threads });
  await later.reportMessage({ threadId: 't', reason: '要钱' }).catch(() => undefined);

  expect(sent[0]!.url).toBe('https://w.example/wuwei.v1.ThreadService/ReportMessage');
  expect(keys()[0]).toBeDefined(); // reporting a message changes something
});
