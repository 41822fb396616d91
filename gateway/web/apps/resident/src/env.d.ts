declare module '*.vue' {
  import type { DefineComponent } from 'vue';
  const component: DefineComponent<object, object, unknown>;
  export default component;
}

/** This program's version. */
declare const WUWEI_VERSION: string;
/** Where a mini program finds the public door. */
declare const WUWEI_PUBLIC_URL: string;

/** WeChat's own, beyond what `uni` has. */
declare const wx: import('@wuwei/api').Wx & {
  /** From base library 2.20.1 on. */
  getAppBaseInfo?(): { fontSizeScaleFactor?: number };
  getFuzzyLocation(options: {
    type: 'gcj02'; success(place: { latitude: number; longitude: number }): void; fail(): void;
  }): void;
};
