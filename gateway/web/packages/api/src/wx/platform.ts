import { Code, ConnectError } from '@connectrpc/connect';
import type { Platform, Upload } from '../platform';
import { createWxTransport } from './transport';
import type { Wx } from './wx';

const poolBytes = 4096;

/** A WeChat mini program. */
export function wxPlatform(wx: Wx): Platform {
  return {
    storage: {
      get: (key) => {
        const value = wx.getStorageSync(key);
        return typeof value === 'string' && value.length > 0 ? value : undefined;
      },
      set: (key, value) => wx.setStorageSync(key, value),
      remove: (key) => wx.removeStorageSync(key),
    },
    transport: (baseUrl) => createWxTransport(baseUrl, wx),
    upload: (upload) => send(wx, upload),
    random: randomOf(wx),
  };
}

function send(wx: Wx, { url, headers, file, signal, progress }: Upload): Promise<string> {
  return new Promise((resolve, reject) => {
    const task = wx.uploadFile({
      url, header: headers, filePath: String(file), name: 'file',
      success: ({ data }) => resolve(data),
      fail: ({ errMsg }) => reject(new ConnectError(errMsg, Code.Unavailable)),
    });
    task.onProgressUpdate((how) => progress(how.progress));
    signal.addEventListener('abort', () => task.abort());
  });
}

/**
 * WeChat hands random bytes over later, so some are fetched in advance. Until they come, and where there are none, Math.random
 * is mixed with the time: good enough for names that must not coincide within one person's calls.
 */
function randomOf(wx: Wx): (length: number) => Uint8Array {
  let pool = new Uint8Array(0), coming = false;
  const refill = () => {
    if (coming || !wx.getRandomValues) {
      return;
    }

    coming = true;
    wx.getRandomValues({
      length: poolBytes,
      success: ({ randomValues }) => { coming = false; pool = new Uint8Array(randomValues); },
      fail: () => { coming = false; },
    });
  };
  refill();
  return (length) => {
    if (pool.length >= length) {
      const bytes = pool.slice(0, length);
      pool = pool.slice(length);
      return bytes;
    }

    refill();
    const now = Date.now();
    return Uint8Array.from({ length }, (_, i) => (Math.random() * 256) ^ (i < 6 ? Math.floor(now / 256 ** i) : 0));
  };
}
