import type { Wx, WxAnswer, WxRequest } from '../src';

/** WeChat's `wx` in node, with storage that a test can hand to the next one as a phone does. */
export function wxShim(kept = new Map<string, string>(), request: Wx['request'] = overFetch()): Wx {
  return {
    request,
    uploadFile: uploadOverFetch,
    login: ({ success }) => success({ code: 'a-code' }),
    getStorageSync: (key) => kept.get(key) ?? '',
    setStorageSync: (key, value) => void kept.set(key, value),
    removeStorageSync: (key) => void kept.delete(key),
  };
}

/** As `wx.request` does it: any HTTP status is a success, an abort is a failure. */
export function overFetch(sent: (options: WxRequest) => void = () => undefined): Wx['request'] {
  return (options) => {
    const abort = new AbortController();
    sent(options);
    fetch(options.url, { method: options.method, headers: options.header, body: options.data, signal: abort.signal }).then(
      async (r) => options.success({
        statusCode: r.status,
        header: Object.fromEntries([...r.headers].map(([name, value]) => [capital(name), value])),
        data: await r.arrayBuffer(),
      }),
    ).catch(() => options.fail({ errMsg: abort.signal.aborted ? 'request:fail abort' : 'request:fail' }));
    return { abort: () => abort.abort() };
  };
}

/** As `wx.uploadFile` does it; on this phone each path is the file's content, in base64. */
const uploadOverFetch: Wx['uploadFile'] = ({ url, header, filePath, name, success, fail }) => {
  const form = new FormData();
  form.append(name, new Blob([Buffer.from(filePath, 'base64')]));
  fetch(url, { method: 'POST', headers: header, body: form })
    .then(async (r) => success({ statusCode: r.status, data: await r.text() })).catch(() => fail({ errMsg: 'uploadFile:fail' }));
  return { abort: () => undefined, onProgressUpdate: (told) => told({ progress: 100 }) };
};

/** As some phones write them. */
const capital = (name: string) => name.replace(/(^|-)[a-z]/g, (c) => c.toUpperCase());

const ok = { 'Content-Type': 'application/grpc-web+proto' };

/** One frame of gRPC-Web. */
export function frame(flags: number, data: Uint8Array, length = data.length): number[] {
  return [flags, length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255, ...data];
}

export const trailer = (text: string) => frame(0x80, new TextEncoder().encode(text));

export function answer(frames: number[], header: WxAnswer['header'] = ok, statusCode = 200): WxAnswer {
  return { statusCode, header, data: Uint8Array.from(frames).buffer };
}

/** What the services refuse with. */
export function refusal(code: number, details = '', message = ''): WxAnswer {
  return answer([], {
    ...ok, 'Grpc-Status': `${code}`, 'Grpc-Message': message, ...(details && { 'Grpc-Status-Details-Bin': details }),
  });
}
