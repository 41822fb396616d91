import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { Code, ConnectError, type Transport } from '@connectrpc/connect';
import {
  requestHeader, trailerFlag, trailerParse, validateResponse, validateTrailer,
} from '@connectrpc/connect/protocol-grpc-web';
import { answerBytesMax, requestBytesMax } from '../limits';
import type { Wx, WxAnswer } from './wx';

const frameHeadBytes = 5;
const contentType = /^application\/grpc-web(\+proto)?(;|$)/i;

/** gRPC-Web over `wx.request`. */
export function createWxTransport(baseUrl: string, wx: Pick<Wx, 'request'>): Transport {
  return {
    async unary(method, signal, timeoutMs, header, message) {
      const url = `${baseUrl.replace(/\/$/, '')}/${method.parent.typeName}/${method.name}`;
      const body = frame(toBinary(method.input, create(method.input, message)));
      const answer = await send(wx, url, requestHeader(true, timeoutMs, header, false), body, signal);
      const headers = toHeaders(answer.header);
      const { headerError } = validateResponse(answer.statusCode, headers);
      if (headerError) {
        throw headerError;
      }

      const { data, trailer } = read(answer, headers);
      validateTrailer(trailer, headers);
      if (!data) {
        throw new ConnectError('an answer without message', Code.Internal, headers);
      }

      return {
        stream: false, service: method.parent, method, header: headers, trailer,
        message: fromBinary(method.output, data, { readUnknownFields: false }),
      };
    },
    stream: (method) => Promise.reject(
      new ConnectError(`a mini program cannot follow ${method.name}: ask again from time to time`, Code.Unimplemented)),
  };
}

function send(
  wx: Pick<Wx, 'request'>, url: string, headers: Headers, data: ArrayBuffer, signal: AbortSignal | undefined,
): Promise<WxAnswer> {
  return new Promise((resolve, reject) => {
    const gone = (errMsg: string, code = Code.Unavailable) => reject(new ConnectError(errMsg, code));
    if (signal?.aborted) {
      return gone('given up', Code.Canceled);
    }

    const header: Record<string, string> = {};
    headers.forEach((value, name) => { header[name] = value; });
    const abort = () => {
      task.abort();
      gone('given up', Code.Canceled);
    };
    const over = () => signal?.removeEventListener('abort', abort);
    const task = wx.request({
      url, method: 'POST', header, data, responseType: 'arraybuffer',
      success: (answer) => { over(); resolve(answer); },
      fail: ({ errMsg }) => { over(); gone(errMsg); },
    });
    signal?.addEventListener('abort', abort);
  });
}

function frame(message: Uint8Array): ArrayBuffer {
  const framed = new Uint8Array(frameHeadBytes + message.byteLength);
  if (framed.byteLength > requestBytesMax) {
    throw new ConnectError('the request is too large', Code.ResourceExhausted);
  }

  new DataView(framed.buffer).setUint32(1, message.byteLength);
  framed.set(message, frameHeadBytes);
  return framed.buffer;
}

/** The one message, if there is one, and what follows it. */
function read(answer: WxAnswer, headers: Headers): { data?: Uint8Array; trailer: Headers } {
  const wrong = (what: string) => new ConnectError(what, Code.Internal, headers);
  if (!contentType.test(headers.get('content-type') ?? '')) {
    throw wrong('an answer that is no gRPC-Web');
  }

  // Not instanceof: the buffer may have been made by another realm than this program.
  const isBuffer = Object.prototype.toString.call(answer.data) === '[object ArrayBuffer]';
  const bytes = isBuffer ? new Uint8Array(answer.data as ArrayBuffer) : undefined;
  if (!bytes || bytes.byteLength > answerBytesMax) {
    throw wrong(bytes ? 'an answer that is too large' : 'an answer that is no bytes');
  }

  const frames = new DataView(bytes.buffer);
  let data: Uint8Array | undefined, trailer: Headers | undefined;
  for (let at = 0; at < bytes.byteLength;) {
    const start = at + frameHeadBytes;
    if (start > bytes.byteLength || frames.getUint32(at + 1) > bytes.byteLength - start) {
      throw wrong('a frame that is cut off');
    }

    const flags = frames.getUint8(at);
    const content = bytes.subarray(start, at = start + frames.getUint32(at + 1));
    // Compressed ones, too: nobody said we take them.
    if (trailer || (flags !== trailerFlag && (flags !== 0 || data))) {
      throw wrong('a frame that does not belong there');
    }

    if (flags === trailerFlag) {
      trailer = trailerParse(content);
    } else {
      data = content;
    }
  }

  if (!trailer) {
    throw wrong('an answer without trailer');
  }

  return { ...(data && { data }), trailer };
}

/** WeChat gives names as the server or the network's HTTP/2 wrote them. */
function toHeaders(header: WxAnswer['header']): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(header)) {
    headers.set(name, Array.isArray(value) ? value.join(',') : String(value));
  }

  return headers;
}
