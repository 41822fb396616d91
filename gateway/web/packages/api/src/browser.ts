import { Code, ConnectError } from '@connectrpc/connect';
import { createGrpcWebTransport } from '@connectrpc/connect-web';
import { answerBytesMax, requestBytesMax } from './limits';
import { memoryStorage, type Platform, type Storage, type Upload } from './platform';

/** Pages in a browser: fetch, and localStorage. Where that is forbidden, everything is forgotten with the page. */
export function browserPlatform(): Platform {
  return {
    storage: browserStorage(),
    transport: (baseUrl) => createGrpcWebTransport({
      baseUrl, fetch: fetchWhole, binaryOptions: { readUnknownFields: false },
    }),
    upload,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
  };
}

/** Reads the whole answer, so that a connection lost half-way is told from an answer that makes no sense. */
const fetchWhole: typeof fetch = async (input, init) => {
  const body = init?.body;
  if (body instanceof Uint8Array && body.byteLength > requestBytesMax) {
    throw new ConnectError('the request is too large', Code.ResourceExhausted);
  }

  let response: Response, bytes: ArrayBuffer;
  try {
    response = await fetch(input, init);
    bytes = await response.arrayBuffer();
  } catch (e) {
    throw new ConnectError('no answer', Code.Unavailable, undefined, undefined, e);
  }

  if (bytes.byteLength > answerBytesMax) {
    throw new ConnectError('the answer is too large', Code.Internal);
  }

  return new Response(bytes, { status: response.status, headers: response.headers });
};

/** Not by fetch, which does not tell how far it is. */
function upload({ url, headers, file, signal, progress }: Upload): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append('file', file);
    request.open('POST', url);
    Object.entries(headers).forEach(([name, value]) => request.setRequestHeader(name, value));
    request.upload.onprogress = ({ loaded, total }) => progress(Math.floor(loaded / total * 100));
    request.onload = () => resolve(request.responseText);
    request.onerror = () => reject(new ConnectError('no answer', Code.Unavailable));
    signal.addEventListener('abort', () => request.abort());
    request.send(form);
  });
}

function browserStorage(): Storage {
  const probe = 'wuwei.probe';
  try {
    localStorage.setItem(probe, probe);
    localStorage.removeItem(probe);
  } catch {
    return memoryStorage();
  }

  return {
    get: (key) => localStorage.getItem(key) ?? undefined,
    set: (key, value) => localStorage.setItem(key, value),
    remove: (key) => localStorage.removeItem(key),
  };
}
