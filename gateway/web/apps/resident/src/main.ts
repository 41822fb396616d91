import { createSSRApp } from 'vue';
import App from './App.vue';

/** As uni-app wants it. */
export function createApp() {
  return { app: createSSRApp(App) };
}
