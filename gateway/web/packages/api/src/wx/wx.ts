/** The part of WeChat's global `wx` that is used here; uni-app's `uni` has the same. */
export interface Wx {
  request(options: WxRequest): WxTask;
  login(options: { success(result: { code: string }): void; fail(error: { errMsg: string }): void }): void;
  getStorageSync(key: string): unknown;
  setStorageSync(key: string, value: string): void;
  removeStorageSync(key: string): void;
  /** From base library 2.15 on. */
  getRandomValues?(options: { length: number; success(result: { randomValues: ArrayBuffer }): void; fail?(): void }): void;
}

/** What `wx.request` is given. */
export interface WxRequest {
  url: string;
  method: 'POST';
  header: Record<string, string>;
  data: ArrayBuffer;
  responseType: 'arraybuffer';
  /** Milliseconds. */
  timeout?: number;
  /** Every HTTP status arrives here. */
  success(result: WxAnswer): void;
  /** No answer: `errMsg` says `request:fail timeout`, `request:fail abort`, … */
  fail(error: { errMsg: string }): void;
}

/** What comes back, whatever its HTTP status. */
export interface WxAnswer {
  statusCode: number;
  header: Record<string, string | string[]>;
  data: ArrayBuffer | string | object;
}

/** A request under way. */
export interface WxTask {
  abort(): void;
}
