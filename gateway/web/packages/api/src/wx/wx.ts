/** The part of WeChat's global `wx` that is used here; uni-app's `uni` has the same. */
export interface Wx {
  request(options: WxRequest): WxTask;
  uploadFile(options: WxUpload): WxTask & { onProgressUpdate(told: (how: { progress: number }) => void): void };
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

/** What `wx.uploadFile` is given: the form with the file is WeChat's business. */
export interface WxUpload {
  url: string;
  header: Record<string, string>;
  /** As `wx.chooseMedia` or `wx.chooseImage` told. */
  filePath: string;
  name: string;
  /** Every HTTP status arrives here, and the body as text. */
  success(result: { statusCode: number; data: string }): void;
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
