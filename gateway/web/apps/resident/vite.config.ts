import uniPlugin from '@dcloudio/vite-plugin-uni';
import { wuweiPolyfill } from '@wuwei/api/vite';
import { defineConfig, type Plugin, type PluginOption } from 'vite';
import { version } from './package.json';

// The plugin is CommonJS; where it is loaded as a module, it is below `default`.
const uni = (uniPlugin as unknown as { default?: typeof uniPlugin }).default ?? uniPlugin;
const weapp = process.env['UNI_PLATFORM'] === 'mp-weixin';

/** uni-app's programs fetch a picture from its maker's servers, three seconds after they start. Ours do not. */
function nothingFromElsewhere(): Plugin {
  const call = '    preloadAsset();\n';
  return {
    name: 'nothing-from-elsewhere',
    enforce: 'pre',
    transform(code, id) {
      if (!id.includes('uni-mp-weixin/dist/uni.mp.esm.js')) {
        return undefined;
      }

      return code.includes(call) ? { code: code.replace(call, ''), map: null } : this.error(`${call.trim()} is not in ${id}`);
    },
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === 'asset' && file.fileName.endsWith('.css')) {
          file.source = String(file.source).replace(/url\(['"]?https:[^)]*\)/g, 'none');
        }
      }
    },
  };
}

export default defineConfig({
  plugins: [uni(), nothingFromElsewhere(), ...(weapp ? [wuweiPolyfill() as PluginOption] : [])],
  define: {
    WUWEI_VERSION: JSON.stringify(version),
    // Where a mini program finds the public door; pages in a browser come from it.
    WUWEI_PUBLIC_URL: JSON.stringify(process.env['WUWEI_PUBLIC_URL'] ?? 'http://127.0.0.1:5081'),
  },
});
