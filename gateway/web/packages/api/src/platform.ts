import type { Transport } from '@connectrpc/connect';

/** Where a few short texts outlive the program: the session, the device's name, intents. */
export interface Storage {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
  remove(key: string): void;
}

/** A picture to upload: a browser's own file, or the path that a mini program was given for it. */
export type PictureFile = Blob | string;

/** One file on its way. */
export interface Upload {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly file: PictureFile;
  readonly signal: AbortSignal;
  /** Is told how many of a hundred parts are on their way. */
  readonly progress: (percent: number) => void;
}

/** What differs between a browser and a mini program. */
export interface Platform {
  readonly storage: Storage;
  transport(baseUrl: string): Transport;
  /** Sends a form with the one file; the body of the answer, whatever its status. */
  upload(upload: Upload): Promise<string>;
  /** Random bytes; they name things that must not coincide, and keep no secret. */
  random(length: number): Uint8Array;
}

/** A name nobody else makes: a UUID of version 4. */
export function newId(platform: Platform): string {
  const bytes = platform.random(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Storage that ends with the program. */
export function memoryStorage(): Storage {
  const kept = new Map<string, string>();
  return { get: (key) => kept.get(key), set: (key, value) => void kept.set(key, value), remove: (key) => void kept.delete(key) };
}
