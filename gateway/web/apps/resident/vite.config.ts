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

/** Services that only one page calls: a mini program loads them with that page's subpackage, see pages.json. */
const servicesOfPages: Record<string, string> = {
  boards: 'pages/points', content_checks: 'pages/content', notices: 'pages/notice', points: 'pages/points', threads: 'pages/thread',
};

/** uni-app's programs have all that is not their own in the main package. */
function servicesWithTheirPages(): Plugin {
  return {
    name: 'services-with-their-pages',
    outputOptions(options) {
      const others = options.manualChunks;
      if (typeof others !== 'function') {
        return this.error('uni-app no longer says by a function which file a module is in');
      }

      return {
        ...options,
        manualChunks: (id, meta) => {
          const page = servicesOfPages[/\/gen\/wuwei\/v1\/(\w+)_pb\.ts$/.exec(id)?.[1] ?? ''];
          return page ? `${page}/service` : others(id, meta);
        },
      };
    },
  };
}

export default defineConfig({
  plugins: [uni(), nothingFromElsewhere(), ...(weapp ? [servicesWithTheirPages(), wuweiPolyfill() as PluginOption] : [])],
  define: {
    WUWEI_VERSION: JSON.stringify(version),
    // Where a mini program finds the public door; pages in a browser come from it.
    WUWEI_PUBLIC_URL: JSON.stringify(process.env['WUWEI_PUBLIC_URL'] ?? 'http://127.0.0.1:5081'),
  },
});
