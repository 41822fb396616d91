import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/screen/',
  plugins: [vue()],
  build: { target: 'es2022', chunkSizeWarningLimit: 700, outDir: '../../../../artifacts/web/screen', emptyOutDir: true },
});
