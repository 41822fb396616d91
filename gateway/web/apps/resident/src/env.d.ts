declare module '*.vue' {
  import type { DefineComponent } from 'vue';
  const component: DefineComponent<object, object, unknown>;
  export default component;
}

/** This program's version. */
declare const WUWEI_VERSION: string;
/** Where a mini program finds the public door. */
declare const WUWEI_PUBLIC_URL: string;
