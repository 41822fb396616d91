import { create, toBinary } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { expect, test } from 'vitest';
import { AskCodeResponseSchema } from '../src/gen/wuwei/v1/access_pb';
import { access } from '../src';
import { createWxTransport } from '../src/wx/transport';
import type { WxAnswer, WxRequest } from '../src';
import { answer, frame, refusal, trailer } from './wxShim';

const { askCode } = access.method;
const message = toBinary(AskCodeResponseSchema, create(AskCodeResponseSchema, { challengeId: '一' }));
const good = [...frame(0, message), ...trailer('grpc-status: 0\r\n')];

async function call(given: WxAnswer | { errMsg: string }, phone = '1', signal?: AbortSignal) {
  const sent: WxRequest[] = [];
  const transport = createWxTransport('https://w.example/', {
    request: (options) => {
      sent.push(options);
      queueMicrotask(() => 'errMsg' in given ? options.fail(given) : options.success(given));
      return { abort: () => undefined };
    },
  });
  const result = await transport.unary(askCode, signal, 1500, { authorization: 'Bearer t' }, { phone })
    .then((r) => r.message.challengeId, (e: unknown) => ConnectError.from(e));
  return { result, sent };
}

async function failure(given: WxAnswer | { errMsg: string }) {
  const { result } = await call(given);
  expect(result).toBeInstanceOf(ConnectError);
  return result as ConnectError;
}

test('a call is one frame, and so is its answer', async () => {
  const { result, sent } = await call(answer(good));

  expect(result).toBe('一');
  expect(sent[0]?.url).toBe('https://w.example/wuwei.v1.AccessService/AskCode');
  expect([...new Uint8Array(sent[0]!.data)]).toEqual([0, 0, 0, 0, 3, 10, 1, 49]);
  expect(sent[0]?.header).toMatchObject({
    'content-type': 'application/grpc-web+proto', 'grpc-timeout': '1500m', authorization: 'Bearer t',
  });
});

test.each([1, 4, 7, good.length - 3])('an answer cut off after %i bytes is none', async (length) =>
  expect((await failure(answer(good.slice(0, length)))).code).toBe(Code.Internal));

test.each([
  ['a compressed frame', [...frame(1, message), ...trailer('grpc-status: 0\r\n')]],
  ['two messages', [...frame(0, message), ...good]],
  ['something after the trailer', [...good, ...frame(0, message)]],
  ['an unknown frame', [...frame(2, message), ...trailer('grpc-status: 0\r\n')]],
  ['a huge length', [...frame(0, message, 0xffffffff), ...trailer('grpc-status: 0\r\n')]],
  ['no trailer', frame(0, message)],
  ['no message', trailer('grpc-status: 0\r\n')],
])('%s is refused', async (_, bytes) => expect((await failure(answer(bytes))).code).toBe(Code.Internal));

test('the trailer says why', async () => {
  const error = await failure(answer(trailer('grpc-status:5\r\ngrpc-message:%E6%B2%A1%E6%9C%89\r\n')));

  expect([error.code, error.rawMessage]).toEqual([Code.NotFound, '没有']);
});

test('so do headers, however they are written', async () => {
  expect((await failure(refusal(16, '', '%E8%AF%B7'))).rawMessage).toBe('请');
  expect((await failure(answer([], { 'GRPC-STATUS': '7', 'content-type': 'application/grpc-web' }))).code)
    .toBe(Code.PermissionDenied);
});

test('a page of the network is no answer', async () => {
  expect((await failure(answer([60, 104], { 'content-type': 'text/html' }))).code).toBe(Code.Internal);
  expect((await failure({ statusCode: 200, header: { 'content-type': 'application/grpc-web+proto' }, data: 'text' })).code)
    .toBe(Code.Internal);
  expect((await failure(answer([], {}, 502))).code).toBe(Code.Unavailable);
});

test('no answer is UNAVAILABLE', async () =>
  expect((await failure({ errMsg: 'request:fail timeout' })).code).toBe(Code.Unavailable));

test('what the door would not take is not sent', async () => {
  const { result, sent } = await call(answer(good), 'x'.repeat(256 * 1024));

  expect((result as ConnectError).code).toBe(Code.ResourceExhausted);
  expect(sent).toEqual([]);
});

test('whoever gives up ends the request', async () => {
  const controller = new AbortController();
  let aborted = 0;
  const transport = createWxTransport('', { request: () => ({ abort: () => { aborted++; } }) });
  const sent = transport.unary(askCode, controller.signal, 1000, {}, {});
  controller.abort();

  await expect(sent).rejects.toMatchObject({ code: Code.Canceled });
  expect(aborted).toBe(1);
  await expect(transport.unary(askCode, controller.signal, 1000, {}, {})).rejects.toMatchObject({ code: Code.Canceled });
});

test('a stream is refused', async () => {
  const none = (async function* () { /* nothing is sent */ })();
  await expect(createWxTransport('', { request: () => ({ abort: () => undefined }) })
    .stream(askCode as never, undefined, undefined, undefined, none)).rejects.toMatchObject({ code: Code.Unimplemented });
});
