/** A value of this device that outlives the page, in one entry of its storage. */
export interface Kept<T> {
  get(): T | undefined;
  set(value: T): void;
  remove(): void;
}

export function kept<T>(key: string): Kept<T> {
  return {
    get: () => {
      const text: unknown = uni.getStorageSync(key);
      try {
        return typeof text === 'string' && text ? JSON.parse(text) as T : undefined;
      } catch {
        return undefined; // cut off: as if there were none
      }
    },
    set: (value) => uni.setStorageSync(key, JSON.stringify(value)),
    remove: () => uni.removeStorageSync(key),
  };
}
