/** As much of a plugin as every version of Vite agrees on. */
export interface PolyfillPlugin {
  readonly name: string;
  readonly enforce: 'post';
  generateBundle(this: { error(message: string): never }, options: unknown, bundle: Record<string, unknown>): void;
}

/**
 * Puts the polyfill at the head of the chunk that a mini program loads first.
 * @param options.chunk `common/vendor.js` unless said otherwise, as uni-app has it
 */
export function wuweiPolyfill(options?: { chunk?: string }): PolyfillPlugin;
